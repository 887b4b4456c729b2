import * as vscode from 'vscode';

/** Copies a sample to a folder of the person's choice and opens it there: the extension's own folder is replaced by updates. */
export async function openSample(extension: vscode.Uri): Promise<void> {
  const samples = vscode.Uri.joinPath(extension, 'extension', 'samples');
  const names = (await vscode.workspace.fs.readDirectory(samples))
    .filter(([, type]) => type === vscode.FileType.Directory)
    .map(([name]) => name);
  const name =
    names.length === 1
      ? names[0]
      : await vscode.window.showQuickPick(names, { title: vscode.l10n.t('Sample to open') });
  if (name === undefined) return;
  const [parent] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: vscode.l10n.t('Folder to copy the sample "{0}" into', name),
      openLabel: vscode.l10n.t('Copy Here'),
    })) ?? [];
  if (!parent) return;
  const target = await freeFolder(parent, name);
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(samples, name), target);
  await vscode.commands.executeCommand('vscode.openFolder', target);
}

/** Nothing that is there is written over: the copy is called name-2 where there is a name. */
async function freeFolder(parent: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const folder = vscode.Uri.joinPath(parent, number === 1 ? name : `${name}-${number}`);
    try {
      await vscode.workspace.fs.stat(folder);
    } catch {
      return folder;
    }
  }
}
