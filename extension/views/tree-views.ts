import * as vscode from 'vscode';
import type { GuestStateData } from '../../debug-adapter/custom-protocol';
import { eventItems, exitItems } from './exit-tree';
import type { GuestSession } from './guest-session';
import { registerItems } from './register-tree';
import { segmentItems } from './segment-tree';
import { slotItems } from './slot-tree';
import type { TreeItem } from './tree-item';

/** The views of the container, by their identifiers in package.json. */
export const treeViews: Readonly<Record<string, (state: GuestStateData) => readonly TreeItem[]>> = {
  'key31.slots': slotItems,
  'key31.segments': segmentItems,
  'key31.exits': exitItems,
  'key31.events': eventItems,
  'key31.registers': registerItems,
};

/** Shows every tree view, and keeps them as the guest is. */
export function registerTreeViews(guest: GuestSession): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(treeViews).map(([name, itemsOf]) => {
      const changed = new vscode.EventEmitter<undefined>();
      const view = vscode.window.createTreeView<TreeItem>(name, {
        treeDataProvider: {
          onDidChangeTreeData: changed.event,
          getTreeItem: shown,
          getChildren: (item) => [...(item ? (item.children ?? []) : guest.state ? itemsOf(guest.state) : [])],
        },
        showCollapseAll: true,
      });
      return vscode.Disposable.from(
        view,
        changed,
        guest.onChange(() => changed.fire(undefined)),
        guest.watch(() => view.visible),
      );
    }),
  );
}

function shown({ key, label, description, tooltip, icon, kind, children, isOpen, command }: TreeItem): vscode.TreeItem {
  const states = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(
    label,
    !children?.length ? states.None : isOpen ? states.Expanded : states.Collapsed,
  );
  item.id = key;
  if (description !== undefined) item.description = description;
  item.tooltip = tooltip ?? description ?? label;
  item.accessibilityInformation = { label: `${label}${description === undefined ? '' : `, ${description}`}` };
  if (icon !== undefined) item.iconPath = new vscode.ThemeIcon(icon);
  if (kind !== undefined) item.contextValue = kind;
  if (command) item.command = { title: label, command: command.name, arguments: [...command.arguments] };
  return item;
}
