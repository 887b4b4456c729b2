import * as path from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { adapterFactory } from './adapter-factory';
import { configurationProvider, dynamicConfigurationProvider } from './configuration-provider';
import { registerConsoleTerminals } from './console-terminal';
import { editorHost } from './debug-host';
import { startLanguageClient } from './language/client';
import { debuggerType } from './launch-schema';
import { openSample } from './open-sample';
import { viewCommands } from './views/commands';
import { GuestSession } from './views/guest-session';
import { panelCommands, Panels } from './views/panels';
import { registerTreeViews } from './views/tree-views';

/** VS Code calls this when a Key31 session is about to start, its configurations are asked for, or assembly is open. */
export function activate({ extensionPath, extensionUri, subscriptions }: vscode.ExtensionContext): void {
  subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(debuggerType, adapterFactory(extensionPath)),
    vscode.debug.registerDebugConfigurationProvider(debuggerType, configurationProvider(editorHost)),
    vscode.debug.registerDebugConfigurationProvider(
      debuggerType,
      dynamicConfigurationProvider(editorHost),
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
  );
  const guest = new GuestSession();
  const pictures = new Panels(extensionUri, guest);
  subscriptions.push(
    guest,
    pictures,
    registerTreeViews(guest),
    guest.onChange((state) => {
      if (guest.isStopped && state && state.exits.length > 0)
        void vscode.commands.executeCommand('setContext', 'key31.stoppedOnExit', true);
    }),
    registerConsoleTerminals(),
    vscode.commands.registerCommand('key31.openSample', () => openSample(extensionUri)),
    ...Object.entries(viewCommands(guest)).map(([name, action]) => vscode.commands.registerCommand(name, action)),
    ...panelCommands.map((name) => vscode.commands.registerCommand(name, () => pictures.show(name))),
  );
  void startLanguage(extensionPath, subscriptions);
}

/** Debugging does not wait for it, and works without it. */
async function startLanguage(
  extensionPath: string,
  subscriptions: vscode.ExtensionContext['subscriptions'],
): Promise<void> {
  const module = path.join(extensionPath, 'dist', 'language-server.cjs');
  try {
    const client = await startLanguageClient(
      (options) =>
        new LanguageClient('key31.assembly', 'Key31 Assembly', { module, transport: TransportKind.ipc }, options),
    );
    subscriptions.push(client);
  } catch (error) {
    void vscode.window.showErrorMessage(`Key31: the language server for assembly did not start: ${String(error)}`);
  }
}
