/** A row of a tree view, as plain data: what makes one is a pure function of the guest's state. */
export interface TreeItem {
  /** The same row at the next stop has the same key, so that it stays open. */
  readonly key: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** A codicon. */
  readonly icon?: string;
  /** For `when` clauses of menus. */
  readonly kind?: string;
  readonly children?: readonly TreeItem[];
  readonly isOpen?: boolean;
  /** What a click does. */
  readonly command?: { readonly name: string; readonly arguments: readonly unknown[] };
  /** What a menu's command is given. */
  readonly data?: unknown;
}
