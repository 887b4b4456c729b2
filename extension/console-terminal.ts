import * as vscode from 'vscode';
import type { ConsoleEventBody } from '../debug-adapter/custom-protocol';
import { debuggerType } from './launch-schema';

/** The guest's console as a terminal for each session: what it writes is shown, what is typed reaches it. */
export function registerConsoleTerminals(): vscode.Disposable {
  const terminals = new Map<string, ConsoleTerminal>();
  return vscode.Disposable.from(
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
      if (session.type !== debuggerType || event !== 'key31/console') return;
      const terminal = terminals.get(session.id) ?? new ConsoleTerminal(session);
      terminals.set(session.id, terminal);
      terminal.write(bytesOf((body as ConsoleEventBody).bytes));
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      terminals.get(session.id)?.end();
      terminals.delete(session.id);
    }),
  );
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));

class ConsoleTerminal {
  readonly #written = new vscode.EventEmitter<string>();
  readonly #decoder = new TextDecoder();
  /** What came before the terminal was opened; VS Code drops what is written then. */
  #waiting: string | undefined = '';

  constructor(session: vscode.DebugSession) {
    vscode.window.createTerminal({
      name: vscode.l10n.t('Guest Console: {0}', session.name),
      iconPath: new vscode.ThemeIcon('terminal'),
      isTransient: true,
      pty: {
        onDidWrite: this.#written.event,
        open: () => {
          const text = this.#waiting ?? '';
          this.#waiting = undefined;
          this.#written.fire(text);
        },
        close: () => undefined,
        handleInput: (text: string) => void session.customRequest('key31/type', { text }),
      },
    });
  }

  write(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true }).replace(/\r?\n/g, '\r\n');
    if (this.#waiting === undefined) this.#written.fire(text);
    else this.#waiting += text;
  }

  end(): void {
    this.write(new TextEncoder().encode(`\n[${vscode.l10n.t('The session has ended.')}]\n`));
  }
}
