import * as vscode from 'vscode';
import type { ExitData } from '../../debug-adapter/custom-protocol';
import type { GuestSession } from './guest-session';
import { withField, type FieldReference } from './register-tree';
import type { TreeItem } from './tree-item';

/** The commands of the tree views, by their names in package.json. */
export const viewCommands = (guest: GuestSession): Readonly<Record<string, (...args: never[]) => unknown>> => ({
  'key31.openSource': openSource,
  'key31.toggleFlag': (item: TreeItem) => toggle(guest, item.data as FieldReference),
  'key31.editField': (item: TreeItem) => editField(guest, item.data as FieldReference),
  'key31.supplyMmioData': (item: TreeItem) => supply(guest, item.data as ExitData),
  'key31.chooseEvents': () => chooseEvents(guest),
  'key31.refreshViews': () => guest.look(),
});

async function openSource({ path, line }: { readonly path: string; readonly line: number }): Promise<void> {
  const start = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), {
    selection: new vscode.Range(start, start),
    preview: true,
  });
}

async function toggle(guest: GuestSession, { register, mask }: FieldReference): Promise<void> {
  const word = await registerValue(guest, register);
  if (word !== undefined) await setRegister(guest, register, word ^ BigInt(mask));
}

async function editField(guest: GuestSession, { register, field, value, mask }: FieldReference): Promise<void> {
  const word = await registerValue(guest, register);
  if (word === undefined) return;
  const changed = (text: string) =>
    /^(0x[0-9a-f]+|\d+)$/i.test(text.trim()) ? withField(word, BigInt(mask), BigInt(text.trim())) : undefined;
  const text = await vscode.window.showInputBox({
    title: `${register.toUpperCase()}${field === register ? '' : `[${field}]`}`,
    value,
    validateInput: (typed) =>
      changed(typed) === undefined ? vscode.l10n.t('A number that fits the field, such as 0x10.') : undefined,
  });
  const next = text === undefined ? undefined : changed(text);
  if (next !== undefined) await setRegister(guest, register, next);
}

/** As it is now: a row may be older, and so may what the views saw last. */
async function registerValue(guest: GuestSession, register: string): Promise<bigint | undefined> {
  const { registers } = await guest.ask('key31/state', {});
  const found = registers.find(({ name }) => name === register);
  return found && BigInt(found.value);
}
async function setRegister(guest: GuestSession, register: string, value: bigint): Promise<void> {
  await saying(async () => {
    await guest.session?.customRequest('setExpression', { expression: register, value: `0x${value.toString(16)}` });
  });
  await guest.look();
}

async function supply(guest: GuestSession, { vcpu, length, guestPhysicalAddress, data }: ExitData): Promise<void> {
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t('What the load from {0} returns', guestPhysicalAddress),
    prompt: vscode.l10n.t('A number of {0} bytes; the device is then not asked.', length),
    ...(data === undefined ? {} : { value: data }),
  });
  if (value === undefined) return;
  await saying(() => guest.ask('key31/supplyMmioData', { threadId: vcpu + 1, value }));
  await guest.look();
}

async function chooseEvents(guest: GuestSession): Promise<void> {
  const kinds = guest.state?.kinds ?? [];
  if (kinds.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Start a guest first: the events are those of its machine.'),
    );
    return;
  }
  const items = kinds.map(({ kind, label }) => ({
    label,
    description: kind,
    kind,
    picked: guest.loggedKinds.includes(kind),
  }));
  const chosen = await vscode.window.showQuickPick(
    items.map(({ kind, ...item }) => ({ ...item, id: kind })),
    { canPickMany: true, title: vscode.l10n.t('Events to log') },
  );
  if (chosen) await saying(() => guest.log(chosen.map(({ id }) => id)));
}

/** What the adapter refuses is told in its own words. */
async function saying(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
