import { open } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { guestHeaderSize, guestPattern, isGuestHeader } from './guest-program';

/** A guest that was found in a folder. */
export interface Guest {
  /** The path of the file. */
  readonly program: string;
  /** The same path as a person reads it: from the open folder on, with forward slashes. */
  readonly label: string;
}

/** What configurations need of the editor and the disk; tests put their own in its place. */
export interface DebugHost {
  /** The guests in a folder, or in all open folders. */
  findGuests(folder: vscode.WorkspaceFolder | undefined): Promise<readonly Guest[]>;
  /** Lets the person choose one; undefined when they do not. */
  chooseGuest(guests: readonly Guest[]): Promise<Guest | undefined>;
  /** Whether a file is a guest, is something else, or cannot be read. */
  inspect(file: string): Promise<'guest' | 'other' | 'unreadable'>;
  /** Says what is wrong. True when the person asks for launch.json to put it right. */
  complain(message: string): Promise<boolean>;
}

const openConfiguration = 'Open launch.json';

/** The editor and disk that the extension runs on. */
export const editorHost: DebugHost = {
  async findGuests(folder) {
    const pattern = folder ? new vscode.RelativePattern(folder, guestPattern) : guestPattern;
    const files = await vscode.workspace.findFiles(pattern, '**/node_modules/**', 200);
    const kinds = await Promise.all(files.map((file) => inspectFile(file.fsPath)));
    return files
      .filter((_, index) => kinds[index] === 'guest')
      .map((file) => ({ program: file.fsPath, label: vscode.workspace.asRelativePath(file, false) }))
      .sort((a, b) => a.label.localeCompare(b.label));
  },

  async chooseGuest(guests) {
    const items = guests.map((guest) => ({ label: path.basename(guest.program), description: guest.label, guest }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: 'Key31: Debug a Guest',
      placeHolder: 'The guest to run',
    });
    return chosen?.guest;
  },

  inspect: inspectFile,

  async complain(message) {
    return (await vscode.window.showErrorMessage(message, openConfiguration)) === openConfiguration;
  },
};

// Only the first bytes are read: a kernel with its debug information has hundreds of megabytes.
async function inspectFile(file: string): Promise<'guest' | 'other' | 'unreadable'> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(guestHeaderSize), 0, guestHeaderSize, 0);
      return isGuestHeader(buffer.subarray(0, bytesRead)) ? 'guest' : 'other';
    } finally {
      await handle.close();
    }
  } catch {
    return 'unreadable';
  }
}
