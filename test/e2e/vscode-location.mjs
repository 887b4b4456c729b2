// Where the VS Code of the end-to-end test is. Outside the checkout, so that a fresh clone finds it installed.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest code-server that accepts Node 20. */
export const codeServerVersion = '4.100.3';

export const vscodeFolder = process.env.KEY31_VSCODE_DIR ?? join(tmpdir(), 'key31-vscode');

/** Written last, so an install that was interrupted does not count. */
export const vscodeStamp = join(vscodeFolder, `.complete-${codeServerVersion}`);

/** The program that starts the server. */
export const codeServerEntry = join(vscodeFolder, 'node_modules/code-server/out/node/entry.js');

export const vscodeIsInstalled = () => existsSync(vscodeStamp);
