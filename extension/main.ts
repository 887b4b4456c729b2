import * as path from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { adapterFactory } from './adapter-factory';
import { configurationProvider, dynamicConfigurationProvider } from './configuration-provider';
import { editorHost } from './debug-host';
import { startLanguageClient } from './language/client';
import { debuggerType } from './launch-schema';

/** VS Code calls this when a Key31 session is about to start, its configurations are asked for, or assembly is open. */
export function activate({ extensionPath, subscriptions }: vscode.ExtensionContext): void {
  subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(debuggerType, adapterFactory(extensionPath)),
    vscode.debug.registerDebugConfigurationProvider(debuggerType, configurationProvider(editorHost)),
    vscode.debug.registerDebugConfigurationProvider(
      debuggerType,
      dynamicConfigurationProvider(editorHost),
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
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
