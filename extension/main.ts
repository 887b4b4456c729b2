import * as vscode from 'vscode';
import { adapterFactory } from './adapter-factory';
import { configurationProvider, dynamicConfigurationProvider } from './configuration-provider';
import { editorHost } from './debug-host';
import { debuggerType } from './launch-schema';

/** VS Code calls this when a Key31 session is about to start or its configurations are asked for. */
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
}
