/** KVM on a modelled host with one vCPU's registers and no engine: for tests that call its functions one by one. */
import { Registers } from '../../emulator/cpu/registers';
import { emitWalks } from '../../emulator/engine/emitted-translation';
import { handlePageFault, insertEntry } from '../../emulator/kvm/fault/page-fault';
import type { FaultingEntry, HostStage, Next, StorageTrap } from '../../emulator/kvm/fault/stage';
import { hypercalls } from '../../emulator/kvm/hypercalls/table';
import type { HypercallResult } from '../../emulator/kvm/hypercalls/hypercall';
import { notesOf } from '../../emulator/kvm/change-entry';
import type { HostSearch, Kvm } from '../../emulator/kvm/kvm';
import { slotAt } from '../../emulator/kvm/memory-slots';
import {
  defaultConfiguration,
  type BehaviorName,
  type MemorySlotConfiguration,
} from '../../emulator/machine/configuration';
import { makeHost } from '../../emulator/machine/host-of-guest';
import { entryIndexAt } from '../../emulator/mmu/explain-translation';
import { translationResults } from '../../emulator/state/layout';

export const MEBIBYTE = 2 ** 20;
export const behaviorsUnderTest = ['rfc-2011', 'v3.4', 'v6.1'] as const;

export const H_REMOVE = 0x04;
export const H_ENTER = 0x08;
export const H_READ = 0x0c;
export const H_CLEAR_MOD = 0x10;
export const H_CLEAR_REF = 0x14;
export const H_PROTECT = 0x18;
export const H_PAGE_INIT = 0x2c;
export const H_BULK_REMOVE = 0x124;
export const H_SUCCESS = 0n;
export const H_PARAMETER = -4n;
export const H_PTEG_FULL = -6n;
export const H_NOT_FOUND = -7n;
export const H_EXACT = 0x80_0000_0000n;
export const H_READ_4 = 0x20_0000_0000n;
export const H_AVPN = 0x8000_0000n;
export const H_ANDCOND = 0x4000_0000n;

export const HPTE_V_VALID = 1n;
export const HPTE_V_LARGE = 4n;
export const HPTE_V_ABSENT = 0x20n;
export const HPTE_V_HVLOCK = 0x40n;
export const HPTE_R_R = 0x100n;
export const HPTE_R_C = 0x80n;
export const HPTE_R_N = 4n;
export const HPTE_R_PP0 = 1n << 63n;
export const HPTE_R_KEY = 0x3000_0000_0000_0e00n;
/** Memory coherence: how a guest maps memory. */
export const HPTE_R_M = 0x10n;
/** Cache-inhibited and guarded: how it maps a device. */
export const HPTE_R_IG = 0x28n;

export const keyBits = (key: bigint): bigint => ((key >> 3n) << 60n) | ((key & 7n) << 9n);
export const keyOf = (second: bigint): bigint => ((second >> 57n) & 0x18n) | ((second >> 9n) & 7n);

/** Guest physical places: the passed-through device, which has a slot, and one that has none. */
export const DEVICE_WITH_SLOT = 0x100_9000_0000n;
export const NO_SLOT = 0x100_8000_0000n;

export interface KvmUnderTestOptions {
  readonly memory?: number;
  readonly memorySlots?: readonly MemorySlotConfiguration[];
}

export function kvmUnderTest(behavior: BehaviorName, options: KvmUnderTestOptions = {}) {
  const state: { instruction: number | undefined; invalidations: number } = {
    instruction: undefined,
    invalidations: 0,
  };
  let search: (registers: Registers, address: bigint, access: 'load' | 'store' | 'fetch') => HostSearch = () => ({
    kind: 'segment-miss',
  });
  const { memory = 32 * MEBIBYTE, memorySlots = [] } = options;
  const host = makeHost(
    { ...defaultConfiguration, program: new Uint8Array(0), behavior, memory, memorySlots },
    {
      invalidateTranslations: () => {
        state.invalidations++;
      },
      readInstruction: () => state.instruction,
      search: (...args) => search(...args),
      memoryWritten: () => undefined,
    },
  );
  const { kvm, view } = host;
  const registers = new Registers(view, 0);
  registers.setSpecial('sdr1', kvm.table.sdr1);
  registers.setSpecial('msr', 0x8000_0000_0000_1032n);
  const walks = emitWalks(host.memory);
  search = (one, address, access) => {
    const verdict = walks.search(one.base, address, access);
    const result = (at: number) => view.getBigUint64(one.base + at, true);
    if (verdict === 'segment-miss') return { kind: 'segment-miss' };
    const vsidWord = result(translationResults.vsidWord);
    if (verdict !== 'mapped') return { kind: 'no-entry', vsidWord };
    const index = entryIndexAt(result(translationResults.entryAddress), BigInt(kvm.table.address));
    return { kind: 'entry', vsidWord, index };
  };
  const call = (number: number, ...args: readonly bigint[]): HypercallResult => {
    const found = hypercalls.get(number);
    if (!found) throw new Error(`no hypercall ${number}`);
    return found.run(kvm, Object.fromEntries(found.parameters.map((name, i) => [name, args[i] ?? 0n])));
  };
  const entry = (index: number): FaultingEntry => ({
    index,
    first: kvm.table.first(index),
    second: kvm.table.second(index),
    guestSecond: kvm.reverseMap.guestSecond(index),
  });
  const notes = (address: bigint) => {
    const slot = slotAt(kvm.slots, address);
    if (!slot) throw new Error(`no slot holds ${address.toString(16)}`);
    return notesOf(slot, address);
  };
  const entriesOf = (address: bigint) => kvm.reverseMap.entriesOf(notes(address));
  return { ...host, registers, walks, state, call, entry, notes, entriesOf };
}
export type KvmUnderTest = ReturnType<typeof kvmUnderTest>;

export const trapOf = (trap: Partial<StorageTrap>): StorageTrap => ({
  access: 'load',
  effectiveAddress: 0n,
  status: 0x4000_0000n,
  instructionAddress: 0x700_0000n,
  ...trap,
});

/** Both stages of kvmppc_book3s_hv_page_fault(), with nothing in between. */
export function resolvePageFault(kvm: Kvm, stage: HostStage & { at: 'page-fault' }): Next {
  const next = handlePageFault(kvm, stage);
  return next.at === 'insert-entry' ? insertEntry(kvm, next) : next;
}
