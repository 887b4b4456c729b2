import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { codeServerEntry } from './vscode-location.mjs';

/** Settings that keep VS Code from asking, animating, saving and updating by itself. */
const settings = {
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'editor.accessibilitySupport': 'off',
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'terminal.integrated.gpuAcceleration': 'off',
  'window.dialogStyle': 'custom',
  'window.confirmBeforeClose': 'never',
  'git.enabled': false,
  'files.autoSave': 'off',
  'chat.commandCenter.enabled': false,
  'debug.toolBarLocation': 'docked',
};

/** A VS Code that serves a browser, with settings and extensions of its own. */
export class CodeServer {
  readonly #folders: readonly string[];
  #process: ChildProcess | undefined;
  #port = 0;
  #log = '';

  /** @param folder an empty folder, to hold what VS Code remembers. */
  constructor(folder: string) {
    const user = join(folder, 'user');
    mkdirSync(join(user, 'User'), { recursive: true });
    writeFileSync(join(user, 'User', 'settings.json'), JSON.stringify(settings));
    this.#folders = ['--user-data-dir', user, '--extensions-dir', join(folder, 'extensions')];
  }

  /** Installs an extension from a .vsix file. */
  async install(vsix: string): Promise<void> {
    const child = this.#spawn(['--install-extension', vsix, '--force']);
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) throw new Error(`The extension cannot be installed:\n${this.#log}`);
  }

  /** Starts the server; it is up when this returns. */
  async start(): Promise<void> {
    this.#port = await freePort();
    const address = `127.0.0.1:${this.#port}`;
    this.#process = this.#spawn(
      ['--auth', 'none', '--bind-addr', address, '--disable-telemetry', '--disable-update-check'].concat(
        '--disable-getting-started-override',
      ),
    );
    for (let attempt = 0; attempt < 400; attempt++) {
      const isUp = await fetch(`http://${address}/healthz`).then(
        (response) => response.ok,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`code-server did not start:\n${this.#log}`);
  }

  /** Where the browser finds a folder opened. */
  url(folder: string): string {
    return `http://127.0.0.1:${this.#port}/?folder=${encodeURIComponent(folder)}`;
  }

  /** Ends the server and the extension hosts, which outlive it when only the server is told to end. */
  stop(): void {
    const id = this.#process?.pid;
    if (id === undefined || this.#process?.exitCode !== null) return;
    process.kill(-id, 'SIGKILL');
  }

  #spawn(words: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [codeServerEntry, ...this.#folders, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (this.#log += String(data)));
    return child;
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
