import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { includedTextMethod, type IncludedText, type IncludedTextArguments, type ServerSettings } from './protocol';

/** Makes a client for these options; where the server runs is the host's business. */
export type MakeClient = (options: LanguageClientOptions) => BaseLanguageClient;

const section = 'key31.assembly';
const settings = (): ServerSettings => {
  const configuration = vscode.workspace.getConfiguration(section);
  return {
    processor: configuration.get('processor', 'power8'),
    privilegedHints: configuration.get('privilegedHints', true),
  };
};

/** Starts the language server; ends it with the subscription. */
export async function startLanguageClient(makeClient: MakeClient): Promise<vscode.Disposable> {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.{h,inc,S,s}');
  const client = makeClient({
    documentSelector: [{ language: 'asm' }],
    initializationOptions: settings(),
    synchronize: { fileEvents: watcher },
  });
  client.onRequest(includedTextMethod, ({ from, name }: IncludedTextArguments) => includedText(from, name));
  const changes = vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(section))
      void client.sendNotification('workspace/didChangeConfiguration', { settings: settings() });
  });
  await client.start();
  return vscode.Disposable.from(watcher, changes, { dispose: () => void client.dispose() });
}

/** Beside the file that includes it, then in the folders that are open, and in an include folder there. */
async function includedText(from: string, name: string): Promise<IncludedText | null> {
  const folders = (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => [
    uri,
    vscode.Uri.joinPath(uri, 'include'),
  ]);
  for (const folder of [vscode.Uri.joinPath(vscode.Uri.parse(from), '..'), ...folders]) {
    const uri = vscode.Uri.joinPath(folder, name);
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      return { uri: uri.toString(), text: new TextDecoder().decode(bytes) };
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
