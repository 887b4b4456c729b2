import * as path from 'node:path';
import * as vscode from 'vscode';

/** Starts the debug adapter as a process of its own, on the Node that is inside VS Code. */
export function adapterFactory(extensionPath: string): vscode.DebugAdapterDescriptorFactory {
  const program = path.join(extensionPath, 'dist', 'key31.cjs');
  return {
    createDebugAdapterDescriptor: () =>
      new vscode.DebugAdapterExecutable(process.execPath, [program, 'dap'], { env: { ELECTRON_RUN_AS_NODE: '1' } }),
  };
}
