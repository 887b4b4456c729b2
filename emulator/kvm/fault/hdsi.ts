/** The first look at a storage interrupt that the hardware gave to the host (Linux: kvmppc_hdsi, kvmppc_hisi, and kvmppc_hpte_hv_fault()). */
import { storageInterrupt } from '../../cpu/interrupts';
import type { Registers } from '../../cpu/registers';
import { hpteFirst, hpteSecond } from '../../mmu/hashed-page-table-entry';
import { dsisr, instructionStorage, msr as msrBits } from '../../mmu/special-register-bits';
import { slbVsidWord } from '../../mmu/segment';
import { hasReservedKey, keyPermission, readable, writable } from '../entry-rules';
import type { Kvm } from '../kvm';
import { backToGuest, type FaultingEntry, type Next, type StorageTrap } from './stage';

const NO_EXECUTE = hpteSecond.mask.noExecute | 8n;

/** Gives the fault to the guest as its own, at the real-mode vector. */
function reflect(trap: StorageTrap, status: bigint, miss = false): Next {
  const fault = { ...trap, status, verdict: miss ? ('segment-miss' as const) : ('refused' as const) };
  return { at: 'interrupt', interrupt: storageInterrupt(fault, 'real-mode vector'), trap };
}

/** A fault that is the guest's own by its status alone. */
function guestsByStatus({ access, status }: StorageTrap): boolean {
  return access === 'fetch'
    ? (status & instructionStorage.mask.NOPT) === 0n
    : (status & (dsisr.mask.NOHPTE | dsisr.mask.PROTFAULT)) === 0n;
}

/** What the guest's view of the entry refuses: bits to add to the status, or none. */
function refusalByGuestView(
  { access }: StorageTrap,
  guestSecond: bigint,
  storageKey: boolean,
  amr: bigint | undefined,
): bigint {
  if (access === 'fetch') {
    if ((guestSecond & NO_EXECUTE) !== 0n) return instructionStorage.mask.N_G_OR_CIP;
    return readable(guestSecond, storageKey) ? 0n : instructionStorage.mask.PROT;
  }
  const permitted = access === 'store' ? writable(guestSecond, storageKey) : readable(guestSecond, storageKey);
  if (!permitted) return dsisr.mask.PROTFAULT;
  if (amr === undefined) return 0n;
  const barred = keyPermission(guestSecond, amr) & (access === 'store' ? 2n : 1n);
  return barred === 0n ? 0n : dsisr.mask.KEYFAULT;
}

function entryAt(kvm: Kvm, index: number): FaultingEntry {
  return {
    index,
    first: kvm.table.first(index),
    second: kvm.table.second(index),
    guestSecond: kvm.reverseMap.guestSecond(index),
  };
}

/** Linux: kvmppc_hpte_hv_fault(), after kvmppc_hdsi's own triage. */
function judge(kvm: Kvm, registers: Registers, trap: StorageTrap): Next {
  if (guestsByStatus(trap)) return reflect(trap, trap.status);
  const found = kvm.search(registers, trap.effectiveAddress, trap.access);
  if (found.kind === 'segment-miss') return reflect(trap, 0n, true);
  const noEntry = (trap.status & dsisr.mask.NOHPTE) !== 0n;
  if (found.kind === 'no-entry') return noEntry ? reflect(trap, trap.status) : backToGuest;
  const entry = entryAt(kvm, found.index);
  // The entry has become valid since the hardware looked.
  if (noEntry && (entry.first & hpteFirst.mask.valid) !== 0n) return backToGuest;

  const state = registers.special('msr');
  const key = slbVsidWord.decode(found.vsidWord);
  const storageKey = (state & msrBits.mask.PR) === 0n ? key.ks : key.kp;
  const amr = (state & msrBits.mask.DR) === 0n ? undefined : registers.special('amr');
  const refusal = refusalByGuestView(trap, entry.guestSecond, storageKey, amr);
  if (refusal !== 0n) return reflect(trap, (trap.status & ~dsisr.mask.NOHPTE) | refusal);
  return toPageFault(kvm, registers, trap, entry);
}

/** On to the host's C code, with the instruction in hand if the page is one to emulate. */
function toPageFault(kvm: Kvm, registers: Registers, trap: StorageTrap, entry: FaultingEntry): Next {
  const emulated = hasReservedKey(entry.second);
  const translated = (registers.special('msr') & msrBits.mask.IR) !== 0n;
  const fetched = emulated && trap.access !== 'fetch' && translated;
  const instruction = fetched ? kvm.readInstruction(registers, trap.instructionAddress) : undefined;
  return { at: 'page-fault', trap, entry, emulated, instruction };
}

/** The patch of 2011: a key fault with key 31 goes to user space, and everything else is the guest's own. */
function judgeByKeyAlone(kvm: Kvm, registers: Registers, trap: StorageTrap): Next {
  if (trap.access === 'fetch' || (trap.status & dsisr.mask.KEYFAULT) === 0n) return reflect(trap, trap.status);
  const found = kvm.search(registers, trap.effectiveAddress, trap.access);
  if (found.kind !== 'entry') return reflect(trap, trap.status);
  const entry = entryAt(kvm, found.index);
  if (!hasReservedKey(entry.second)) return reflect(trap, trap.status);
  return toPageFault(kvm, registers, trap, entry);
}

export const takeStorageTrap = (kvm: Kvm, registers: Registers, trap: StorageTrap): Next =>
  kvm.behavior.emulatedEntry === 'valid' ? judgeByKeyAlone(kvm, registers, trap) : judge(kvm, registers, trap);
