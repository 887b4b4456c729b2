import * as vscode from 'vscode';
import { allowedRequests, type FromWebview, type ToWebview } from '../webviews/messages';
import type { GuestSession } from './guest-session';

/** The pictures, by the commands that show them. */
const panels = {
  'key31.showPageTable': { view: 'pageTable', title: 'Hashed Page Table' },
  'key31.showWalk': { view: 'walk', title: 'Translation Walk' },
  'key31.showMemoryMap': { view: 'memoryMap', title: 'Guest Physical Memory' },
} as const;
type PanelCommand = keyof typeof panels;
export const panelCommands = Object.keys(panels) as PanelCommand[];

/** One panel of each kind at most; a second command brings it to the front. */
export class Panels implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #guest: GuestSession;
  readonly #open = new Map<PanelCommand, vscode.WebviewPanel>();

  constructor(extension: vscode.Uri, guest: GuestSession) {
    this.#extension = extension;
    this.#guest = guest;
  }

  show(command: PanelCommand, address?: string): void {
    const known = this.#open.get(command);
    if (known) known.reveal(undefined, false);
    const panel = known ?? this.#make(command, address);
    if (known && address !== undefined) void panel.webview.postMessage({ kind: 'walk', address } satisfies ToWebview);
  }

  #make(command: PanelCommand, address: string | undefined): vscode.WebviewPanel {
    const { view, title } = panels[command];
    const root = vscode.Uri.joinPath(this.#extension, 'dist', 'webviews');
    const panel = vscode.window.createWebviewPanel(command, title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [root],
      // A hidden view keeps its place in a list of millions.
      retainContextWhenHidden: true,
    });
    const { webview } = panel;
    const post = (message: ToWebview) => void webview.postMessage(message);
    const subscriptions = [
      this.#guest.onChange((state) => post({ kind: 'state', state })),
      this.#guest.watch(() => panel.visible),
      webview.onDidReceiveMessage((message: FromWebview) => {
        switch (message.kind) {
          case 'ready':
            post({ kind: 'state', state: this.#guest.state });
            if (address !== undefined) post({ kind: 'walk', address });
            return;
          case 'walk':
            this.show('key31.showWalk', message.address);
            return;
          case 'ask':
            void this.#answer(message, post);
        }
      }),
    ];
    panel.onDidDispose(() => {
      this.#open.delete(command);
      for (const one of subscriptions) one.dispose();
    });
    this.#open.set(command, panel);
    webview.html = page(webview, root, view, title);
    return panel;
  }

  async #answer(
    { id, request, args }: FromWebview & { kind: 'ask' },
    post: (message: ToWebview) => void,
  ): Promise<void> {
    try {
      if (!allowedRequests.includes(request)) throw new Error(`A view may not ask for ${request as string}.`);
      post({ kind: 'answer', id, body: await this.#guest.ask(request, args as never) });
    } catch (error) {
      post({ kind: 'refusal', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  dispose(): void {
    for (const panel of this.#open.values()) panel.dispose();
  }
}

/** Nothing but our own script and style runs in it, and neither from inside the page. */
function page(webview: vscode.Webview, root: vscode.Uri, view: string, title: string): string {
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  const { cspSource } = webview;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${cspSource}; script-src ${cspSource}">
<title>${title}</title>
<link rel="stylesheet" href="${file('style.css')}">
</head>
<body>
<main data-view="${view}"></main>
<p id="announcement" class="visually-hidden" aria-live="polite"></p>
<script type="module" src="${file('main.js')}"></script>
</body>
</html>`;
}
