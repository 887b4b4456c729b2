/** Elements without a framework: what a view draws is made of these. */
type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes; those that are undefined or false are left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : String(value));
  made.append(...children);
  return made;
}

/** The colour that the theme has for a token. */
export const themeColor = (token: string): string =>
  getComputedStyle(document.body).getPropertyValue(`--vscode-${token}`).trim();

/** Says something to a screen reader, and to who sees. */
export function announce(text: string): void {
  const place = document.getElementById('announcement');
  if (place) place.textContent = text;
}
