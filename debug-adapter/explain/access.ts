/** An access as a whole: the hardware's decision, what the hypervisor would make of it, and what would change both. */
import { RESERVED_KEY, type Change, type PageTableEntryView, type TranslationDecision } from '../../emulator/index';
import type { VcpuOfGuest } from '../session/guest';
import { entryBehind } from '../session/guest-functions';
import { decisionValues } from '../variables/decision';
import { hexadecimal, listText } from '../variables/format';
import { memorySlotValues } from '../variables/memory-slots';
import { named, type NamedValue } from '../variables/named-value';
import { pageTableEntry } from '../variables/page-table';

type Access = TranslationDecision['access'];

export function explainAccess(of: VcpuOfGuest, effectiveAddress: bigint, access: Access): readonly NamedValue[] {
  const decision = of.target.explain(of.vcpu.number, effectiveAddress, access);
  return [...decisionValues(decision), ...beyondTheHardware(of, decision)];
}

/** What stands beside the hardware's decision; nothing when it lets the access through. */
export function beyondTheHardware(of: VcpuOfGuest, decision: TranslationDecision): readonly NamedValue[] {
  if (decision.verdict === 'mapped') return [];
  return [
    hypervisorValue(of, decision),
    named('what would let it through', 'changes of one field, each enough by itself', {
      children: () => counterfactuals(of, decision),
    }),
  ];
}

function hypervisorValue(of: VcpuOfGuest, decision: TranslationDecision): NamedValue {
  if (decision.verdict === 'segment-miss')
    return named('hypervisor', 'never sees it: a segment miss is the guest’s own');
  const entry = entryBehind(of, decision.effectiveAddress);
  if (!entry) return named('hypervisor', 'finds no entry, valid or absent: it gives the fault to the guest');
  const slotNumber = entry.slot;
  return named('hypervisor', verdictOfHypervisor(entry, decision), {
    children: () => [
      pageTableEntry(entry, `HPTE ${hexadecimal(entry.index)}`),
      ...(slotNumber === undefined
        ? [named('memory slot', 'none holds the page')]
        : memorySlotValues(of).filter(({ name }) => name === `slot ${slotNumber}`)),
    ],
  });
}

/** In the order in which kvmppc_hpte_hv_fault() and kvmppc_book3s_hv_page_fault() ask. */
function verdictOfHypervisor(entry: PageTableEntryView, { access }: TranslationDecision): string {
  const { decodedSecond, decodedGuestSecond, slot, state } = entry;
  if (state === 'valid' && decodedSecond.key !== RESERVED_KEY) {
    const narrowed = decodedSecond.protection !== decodedGuestSecond.protection;
    return narrowed && access === 'store'
      ? 'the real entry allows less than the guest entered: KVM asks the host for a writable page'
      : 'the entry is as the guest entered it: the fault is given to the guest';
  }
  if (decodedSecond.key === RESERVED_KEY && slot === undefined)
    return 'the entry has key 31 and no slot holds its page: the access leaves as an MMIO exit, unless the guest’s own protection refuses it';
  if (slot === undefined) return 'no slot holds the page: the access is to be emulated';
  return `slot ${slot} holds the page: the host brings it in, and the guest tries again`;
}

/** One line for each field, with every value that is enough. */
function counterfactuals(of: VcpuOfGuest, { effectiveAddress, access }: TranslationDecision): readonly NamedValue[] {
  const changes = of.target.changesThatLetThrough(of.vcpu.number, effectiveAddress, access);
  if (changes.length === 0) return [named('none', 'no change of one field is enough')];
  const byField = new Map<string, Change[]>();
  for (const change of changes) {
    const name = fieldName(change);
    byField.set(name, [...(byField.get(name) ?? []), change]);
  }
  return [...byField].map(([name, all]) =>
    named(
      name,
      `${listText(all.map(({ to }) => hexadecimal(to))).replace(/ and ([^ ]*)$/, ' or $1')} instead of ${hexadecimal(all[0]?.from ?? 0n)}`,
    ),
  );
}
function fieldName({ field, state }: Change): string {
  switch (state.kind) {
    case 'register':
      return `${state.name.toUpperCase()}[${field}]`;
    case 'slb':
      return `SLB entry ${state.index}, ${field}`;
    case 'hpte':
      return `HPTE ${hexadecimal(state.index)}, ${field}`;
  }
}
