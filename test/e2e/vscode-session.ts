import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { browserProgram, launchBrowser } from './browser';
import { CodeServer } from './code-server';
import { vscodeIsInstalled } from './vscode-location.mjs';
import { Workbench } from './workbench';

const root = join(import.meta.dirname, '../..');

/** What a test of the real VS Code lacks on this machine; empty when it can run. */
export const missingTools = [
  ...(vscodeIsInstalled() ? [] : ['VS Code (npm run install:vscode)']),
  ...(browserProgram === undefined ? ['Chromium'] : []),
];

/** A fresh VS Code with the packaged extension in it, and folders to open. All of it is gone after {@link end}. */
export class VscodeSession {
  readonly #folder = mkdtempSync(join(tmpdir(), 'key31-e2e-'));
  readonly #server = new CodeServer(this.#folder);
  #browser: Browser | undefined;

  private constructor() {}

  /** Packages the extension that was built, installs it, and starts the server and the browser. */
  static async begin(): Promise<VscodeSession> {
    const session = new VscodeSession();
    try {
      const vsix = join(session.#folder, 'key31.vsix');
      const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix];
      const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
      await promisify(execFile)(process.execPath, [vsce, 'package', ...options], { cwd: root });
      await session.#server.install(vsix);
      await session.#server.start();
      session.#browser = await launchBrowser();
      return session;
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  /** A copy of a sample without its launch.json. */
  copySample(name: string): string {
    const copy = join(this.#folder, 'samples', name);
    cpSync(join(root, 'extension/samples', name), copy, {
      recursive: true,
      filter: (file) => basename(file) !== '.vscode',
    });
    return copy;
  }

  /** An empty folder. */
  newFolder(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    return folder;
  }

  /** Opens a folder in a window of its own. */
  async open(folder: string): Promise<Workbench> {
    if (!this.#browser) throw new Error('The session has ended.');
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 });
    return Workbench.open(context, this.#server.url(folder));
  }

  /** Ends the browser and the server and removes what they wrote. */
  async end(): Promise<void> {
    await this.#browser?.close();
    this.#browser = undefined;
    this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
