import { describe, expect, it } from 'vitest';
import { emulateMmio, instructionIsStore } from '../../../emulator/kvm/fault/emulate-mmio';
import { takeStorageTrap } from '../../../emulator/kvm/fault/hdsi';
import type { StorageTrap } from '../../../emulator/kvm/fault/stage';
import {
  cacheFlagsAgree,
  canBeWritten,
  isEmulatedMmio,
  keyPermission,
  madeReadOnly,
  readable,
  writable,
} from '../../../emulator/kvm/entry-rules';
import { levelsOf } from '../../../emulator/kvm/levels';
import {
  H_ENTER,
  H_EXACT,
  H_PROTECT,
  HPTE_R_C,
  HPTE_R_IG,
  HPTE_R_M,
  HPTE_R_N,
  HPTE_R_PP0,
  HPTE_R_R,
  HPTE_V_ABSENT,
  HPTE_V_VALID,
  keyBits,
  keyOf,
  kvmUnderTest,
  NO_SLOT,
  resolvePageFault,
  trapOf,
} from '../../support/emulator-kvm';
import { emptyWorld, homeOf } from '../../support/emulator-mmu-world';

const EA = 0xd000_0000_0001_2345n;
const VSID = 0xd0d0dn;
const SLB_KP = 0x400n;
const MSR_PR = 0x4000n;
const ISSTORE = 0x0200_0000n;
const NOHPTE = 0x4000_0000n;
const PROTFAULT = 0x0800_0000n;
const KEYFAULT = 0x0020_0000n;
const N_OR_G = 0x1000_0000n;

/** A guest with one segment at 0xd000… and one entry there for the page of EA. */
function guestWith(second: bigint, behavior: 'rfc-2011' | 'v3.4' | 'v6.1' = 'v6.1') {
  const tested = kvmUnderTest(behavior);
  const { registers, kvm } = tested;
  registers.setSlbEntry(1, { esid: 0xd000_0000_0800_0000n, vsid: (VSID << 12n) | SLB_KP });
  registers.setSpecial('amr', kvm.behavior.guestAmr);
  const segment = {
    effectiveAddress: 0xd000_0000_0000_0000n,
    vsidWord: VSID << 12n,
    terabyte: false,
    vsid: VSID,
    base: 12,
  } as const;
  const { primary, first } = homeOf(segment, EA, kvm.table.groupCount);
  const index = primary * 8 + 2;
  expect(tested.call(H_ENTER, H_EXACT, BigInt(index), first | HPTE_V_VALID, second).status).toBe(0n);
  const take = (trap: Partial<StorageTrap>) =>
    takeStorageTrap(kvm, registers, trapOf({ effectiveAddress: EA, ...trap }));
  return { ...tested, index, take };
}
const MEMORY = 0x3_0000n | HPTE_R_M | 2n;
const DEVICE = (NO_SLOT + 0x2000n) | HPTE_R_IG | 2n;

/** What the guest will be told. */
const reflected = (vector: number, status: bigint, dar: bigint | undefined = EA) => ({
  at: 'interrupt',
  interrupt:
    vector === 0x300
      ? { vector, cause: 0n, dar, dsisr: status, location: 'real-mode vector' }
      : { vector, cause: status, dar: undefined, dsisr: undefined, location: 'real-mode vector' },
});

describe('kvmppc_hdsi', () => {
  it('gives the guest a key fault that has neither NOHPTE nor PROTFAULT, as it is', () => {
    const { take } = guestWith(MEMORY);
    expect(take({ status: KEYFAULT })).toMatchObject(reflected(0x300, KEYFAULT));
    expect(take({ access: 'store', status: KEYFAULT | ISSTORE })).toMatchObject(reflected(0x300, KEYFAULT | ISSTORE));
  });

  it('gives the guest a data segment interrupt where slbfee. finds nothing', () => {
    const { take } = guestWith(MEMORY);
    const next = take({ effectiveAddress: 0xe000_0000_0000_0000n });
    expect(next).toMatchObject({ at: 'interrupt', interrupt: { vector: 0x380, dar: 0xe000_0000_0000_0000n } });
  });

  it('looks in the segment that real mode is lent when DR is off', () => {
    const { registers, take } = guestWith(MEMORY);
    registers.setSpecial('msr', 0x8000_0000_0000_1000n);
    expect(take({ effectiveAddress: 0x5000n })).toMatchObject(reflected(0x300, NOHPTE, 0x5000n));
  });
});

describe('kvmppc_hisi', () => {
  it('gives the guest what is no missing entry, with HSRR1’s bits in SRR1', () => {
    const { take } = guestWith(MEMORY);
    expect(take({ access: 'fetch', status: N_OR_G })).toMatchObject(reflected(0x400, N_OR_G));
    expect(take({ access: 'fetch', status: PROTFAULT })).toMatchObject(reflected(0x400, PROTFAULT));
  });

  it('gives the guest an instruction segment interrupt where slbfee. finds nothing', () => {
    const { take } = guestWith(MEMORY);
    const next = take({ access: 'fetch', effectiveAddress: 0xe000_0000_0000_0000n });
    expect(next).toMatchObject({ at: 'interrupt', interrupt: { vector: 0x480, dar: undefined } });
  });
});

describe('kvmppc_hpte_hv_fault', () => {
  it('reflects a page that has no entry', () => {
    const { take } = guestWith(MEMORY);
    expect(take({ effectiveAddress: EA + 0x1000n })).toMatchObject(reflected(0x300, NOHPTE, EA + 0x1000n));
  });

  it('lets the guest try again if the entry that refused is gone', () => {
    const { take } = guestWith(MEMORY);
    expect(take({ effectiveAddress: EA + 0x1000n, access: 'store', status: PROTFAULT | ISSTORE })).toEqual({
      at: 'guest',
    });
  });

  it('lets the guest try again if the entry has become valid', () => {
    const { take, kvm, index } = guestWith(MEMORY);
    kvm.table.setFirst(index, (kvm.table.first(index) & ~HPTE_V_ABSENT) | HPTE_V_VALID);
    expect(take({})).toEqual({ at: 'guest' });
  });

  it('goes by the guest’s view of the entry, not by the real one', () => {
    const { take, call, index } = guestWith(DEVICE);
    call(H_PROTECT, 3n, BigInt(index));
    const status = NOHPTE | ISSTORE;
    expect(take({ access: 'store', status })).toMatchObject(reflected(0x300, PROTFAULT | ISSTORE));
    expect(take({ access: 'load' })).toMatchObject({ at: 'page-fault', emulated: true });
  });

  it.each<[string, bigint, 'load' | 'store', bigint, bigint]>([
    ['a store to a read-only page', MEMORY | 3n, 'store', 0n, PROTFAULT | ISSTORE],
    ['a user’s load from a page for the kernel', MEMORY & ~3n, 'load', MSR_PR, PROTFAULT],
    ['a user’s store to a page with pp 1', (MEMORY & ~3n) | 1n, 'store', MSR_PR, PROTFAULT | ISSTORE],
    ['a store to a page with pp 6', MEMORY | HPTE_R_PP0, 'store', 0n, PROTFAULT | ISSTORE],
  ])('reflects %s', (_what, second, access, problem, expected) => {
    const { take, registers } = guestWith(second);
    registers.setSpecial('msr', registers.special('msr') | problem);
    const status = NOHPTE | (access === 'store' ? ISSTORE : 0n);
    expect(take({ access, status })).toMatchObject(reflected(0x300, expected));
  });

  it('applies the AMR to the guest’s key, the left bit to stores and the right one to loads', () => {
    const { take, registers } = guestWith(MEMORY | keyBits(5n));
    registers.setSpecial('amr', 2n << 52n);
    expect(take({})).toMatchObject({ at: 'page-fault' });
    expect(take({ access: 'store', status: NOHPTE | ISSTORE })).toMatchObject(reflected(0x300, KEYFAULT | ISSTORE));
    registers.setSpecial('amr', 1n << 52n);
    expect(take({})).toMatchObject(reflected(0x300, KEYFAULT));
    expect(take({ access: 'store', status: NOHPTE | ISSTORE })).toMatchObject({ at: 'page-fault' });
  });

  it('applies no key with DR off', () => {
    const { take, kvm, call, registers } = guestWith(MEMORY);
    const lent = { effectiveAddress: 0n, vsidWord: 0n, terabyte: true, vsid: 0x1ff_ffffn, base: 12 } as const;
    const { primary, first } = homeOf(lent, 0x7000n, kvm.table.groupCount);
    call(H_ENTER, H_EXACT, BigInt(primary * 8), first | HPTE_V_VALID, MEMORY | keyBits(5n));
    registers.setSpecial('amr', (1n << 64n) - 1n);
    registers.setSpecial('msr', 0x8000_0000_0000_1000n);
    expect(take({ effectiveAddress: 0x7000n })).toMatchObject({ at: 'page-fault', emulated: false });
  });

  it.each([
    ['no-execute', MEMORY | HPTE_R_N, N_OR_G],
    ['guarded', MEMORY | 8n, N_OR_G],
  ])('reflects a fetch from a %s page', (_what, second, expected) => {
    expect(guestWith(second).take({ access: 'fetch' })).toMatchObject(reflected(0x400, expected));
  });

  it('reflects a user’s fetch from a page for the kernel', () => {
    const { take, registers } = guestWith(MEMORY & ~3n);
    registers.setSpecial('msr', registers.special('msr') | MSR_PR);
    expect(take({ access: 'fetch' })).toMatchObject(reflected(0x400, PROTFAULT));
  });

  it('fetches the instruction at once for a page with key 31, if it is data and IR is on', () => {
    const { take, state, registers } = guestWith(DEVICE);
    state.instruction = 0x8064_0000;
    expect(take({})).toMatchObject({ at: 'page-fault', emulated: true, instruction: 0x8064_0000 });
    registers.setSpecial('msr', registers.special('msr') & ~0x20n);
    expect(take({})).toMatchObject({ at: 'page-fault', emulated: true, instruction: undefined });
  });

  it('leaves a page that only lacks its memory to the host, without an instruction', () => {
    const { take, state } = guestWith(MEMORY);
    state.instruction = 0x8064_0000;
    expect(take({})).toMatchObject({ at: 'page-fault', emulated: false, instruction: undefined });
  });
});

describe('the patch of 2011', () => {
  it('takes a key fault on an entry with key 31 for itself, and reflects everything else at once', () => {
    const { take, index } = guestWith(DEVICE, 'rfc-2011');
    expect(take({ status: KEYFAULT })).toMatchObject({ at: 'page-fault', emulated: true, entry: { index } });
    expect(take({ status: NOHPTE })).toMatchObject(reflected(0x300, NOHPTE));
    expect(take({ status: PROTFAULT })).toMatchObject(reflected(0x300, PROTFAULT));
    expect(take({ access: 'fetch', status: NOHPTE })).toMatchObject(reflected(0x400, NOHPTE));
  });

  it('reflects a key fault of the guest’s own', () => {
    expect(guestWith(MEMORY | keyBits(5n), 'rfc-2011').take({ status: KEYFAULT })).toMatchObject(
      reflected(0x300, KEYFAULT),
    );
  });
});

describe('kvmppc_book3s_hv_page_fault', () => {
  const fault = (guest: ReturnType<typeof guestWith>, access: 'load' | 'store' = 'load') => {
    const status = NOHPTE | (access === 'store' ? ISSTORE : 0n);
    const stage = guest.take({ access, status });
    if (stage.at !== 'page-fault') throw new Error(stage.at);
    return stage;
  };

  it('lets the guest try again if the entry has changed since', () => {
    const guest = guestWith(MEMORY);
    const stage = fault(guest);
    guest.call(H_PROTECT, 3n, BigInt(guest.index));
    expect(resolvePageFault(guest.kvm, stage)).toEqual({ at: 'guest' });
    expect(guest.kvm.table.first(guest.index) & HPTE_V_VALID).toBe(0n);
  });

  it('brings the page in: an entry that is valid, in its page’s chain, with R and C clear', () => {
    const guest = guestWith(MEMORY | HPTE_R_R | HPTE_R_C | keyBits(5n));
    expect(resolvePageFault(guest.kvm, fault(guest))).toEqual({ at: 'guest' });
    const { kvm, index } = guest;
    expect(kvm.table.first(index) & (HPTE_V_VALID | HPTE_V_ABSENT)).toBe(HPTE_V_VALID);
    const page = kvm.process.presentPage(kvm.slots[0]!.hostVirtualAddress + 0x3_0000n);
    expect(kvm.table.second(index)).toBe((page?.realAddress ?? 0n) | HPTE_R_M | 2n | keyBits(5n));
    expect(guest.entriesOf(0x3_0000n)).toEqual([index]);
  });

  it('hands an address that no slot holds on to emulation, with the address of the access', () => {
    const guest = guestWith(DEVICE);
    expect(resolvePageFault(guest.kvm, fault(guest))).toMatchObject({
      at: 'emulate-mmio',
      guestPhysicalAddress: NO_SLOT + 0x2345n,
    });
  });

  it('makes a page writable that the guest has made writable since it was entered, and keeps its R', () => {
    const guest = guestWith(MEMORY);
    resolvePageFault(guest.kvm, fault(guest));
    const { kvm, index } = guest;
    guest.call(H_PROTECT, 3n, BigInt(index));
    guest.call(H_PROTECT, 2n, BigInt(index));
    kvm.table.setSecond(index, kvm.table.second(index) | HPTE_R_R);
    expect(kvm.table.second(index) & 3n).toBe(3n);
    const stage = guest.take({ access: 'store', status: PROTFAULT | ISSTORE });
    if (stage.at !== 'page-fault') throw new Error(stage.at);
    expect(resolvePageFault(kvm, stage)).toEqual({ at: 'guest' });
    expect(kvm.table.second(index) & (3n | HPTE_R_R)).toBe(2n | HPTE_R_R);
    expect(guest.entriesOf(0x3_0000n)).toEqual([index]);
  });

  it('shows each level that holds the access, the hardware first', () => {
    const guest = guestWith(DEVICE);
    const stage = fault(guest);
    const next = resolvePageFault(guest.kvm, stage);
    if (next.at !== 'emulate-mmio') throw new Error(next.at);
    expect(levelsOf(next).map(({ level, name }) => `${level}: ${name}`)).toEqual([
      'hardware: hypervisor data storage interrupt 0xe00',
      'hypervisor: kvmppc_hdsi',
      'hypervisor: kvmppc_book3s_hv_page_fault',
      'hypervisor: kvmppc_hv_emulate_mmio',
    ]);
    expect(levelsOf(stage)).toHaveLength(3);
  });
});

describe('kvmppc_hv_emulate_mmio', () => {
  const stageOf = (guest: ReturnType<typeof guestWith>, word: number | undefined, access: 'load' | 'store') => {
    guest.state.instruction = word;
    const stage = guest.take({ access, status: guest.kvm.behavior.emulatedEntry === 'valid' ? KEYFAULT : NOHPTE });
    if (stage.at !== 'page-fault') throw new Error(stage.at);
    const next = resolvePageFault(guest.kvm, stage);
    if (next.at !== 'emulate-mmio') throw new Error(next.at);
    return next;
  };
  const LWZ_R3_R4 = 0x8064_0000;
  const STW_R3_R4 = 0x9064_0000;
  const LWARX_R3_R4 = 0x7c60_2028;

  it('tries again if the instruction cannot be fetched', () => {
    const guest = guestWith(DEVICE);
    expect(emulateMmio(guest.kvm, guest.registers, stageOf(guest, undefined, 'load'))).toEqual({ at: 'guest' });
    expect(guest.registers.special('nia')).toBe(0n);
  });

  it('tries again if the instruction’s direction is not the one that DSISR says', () => {
    const guest = guestWith(DEVICE);
    expect(emulateMmio(guest.kvm, guest.registers, stageOf(guest, STW_R3_R4, 'load'))).toEqual({ at: 'guest' });
    expect(emulateMmio(guest.kvm, guest.registers, stageOf(guest, LWZ_R3_R4, 'store'))).toEqual({ at: 'guest' });
  });

  it('did not look at the direction under the patch of 2011', () => {
    const guest = guestWith(DEVICE, 'rfc-2011');
    const next = emulateMmio(guest.kvm, guest.registers, stageOf(guest, STW_R3_R4, 'load'));
    expect(next).toMatchObject({ at: 'mmio-exit', isWrite: true });
  });

  it.each([
    ['rfc-2011', { vector: 0x700, cause: 0n, dsisr: undefined }],
    ['v3.4', { vector: 0x700, cause: 0n, dsisr: undefined }],
    ['v6.1', { vector: 0x300, cause: 0n, dsisr: 0x0400_0000n, dar: EA }],
  ] as const)('under %s answers a load and reserve, which it does not emulate', (behavior, interrupt) => {
    const guest = guestWith(DEVICE, behavior);
    const next = emulateMmio(guest.kvm, guest.registers, stageOf(guest, LWARX_R3_R4, 'load'));
    expect(next).toMatchObject({ at: 'interrupt', interrupt: { ...interrupt, location: 'by LPCR[AIL]' } });
  });
});

describe('instruction_is_store', () => {
  it('goes by one bit of the word, another for the extended opcodes (facts 3)', () => {
    for (let opcode = 0; opcode < 64; opcode++) {
      const word = opcode * 2 ** 26;
      expect(instructionIsStore(word)).toBe(opcode !== 31 && (opcode & 4) !== 0);
    }
    expect(instructionIsStore(0x7c00_0000 | (151 << 1))).toBe(true);
    expect(instructionIsStore(0x7c00_0000 | (23 << 1))).toBe(false);
  });

  it('takes a load multiple for a store', () => {
    expect(instructionIsStore(46 * 2 ** 26)).toBe(true);
  });
});

describe('the rules of an entry', () => {
  const pps = [0n, 1n, 2n, 3n, HPTE_R_PP0, HPTE_R_PP0 | 1n, HPTE_R_PP0 | 2n, HPTE_R_PP0 | 3n];

  it('hpte_read_permission and hpte_write_permission are those of facts 1.6', () => {
    expect(pps.map((pp) => readable(pp, false))).toEqual(pps.map(() => true));
    expect(pps.map((pp) => readable(pp, true))).toEqual([false, true, true, true, false, false, false, false]);
    expect(pps.map((pp) => writable(pp, false))).toEqual([true, true, true, false, false, false, false, false]);
    expect(pps.map((pp) => writable(pp, true))).toEqual([false, false, true, false, false, false, false, false]);
  });

  it('hpte_make_readonly takes away writing and gives nothing', () => {
    const RXXX = HPTE_R_PP0 | 2n;
    expect(pps.map(madeReadOnly)).toEqual([RXXX, 3n, 3n, 3n, RXXX, RXXX, RXXX, RXXX]);
    expect(pps.map((pp) => canBeWritten(madeReadOnly(pp)))).toEqual(pps.map(() => false));
    expect(madeReadOnly(MEMORY | keyBits(31n))).toBe(MEMORY | keyBits(31n) | 3n);
  });

  it('hpte_cache_flags_ok is that of facts 4.2', () => {
    const wimgs = Array.from({ length: 16 }, (_, wimg) => BigInt(wimg) << 3n);
    const [W, I, M, G] = [0x40n, 0x20n, 0x10n, 8n];
    expect(wimgs.filter((one) => cacheFlagsAgree(one, false))).toEqual([M, W | I | M]);
    expect(wimgs.filter((one) => cacheFlagsAgree(one, true))).toEqual([I, I | G, I | M, I | M | G]);
  });

  it('is_mmio_hpte asks for both: absent, and key 31', () => {
    expect(isEmulatedMmio(HPTE_V_ABSENT, keyBits(31n))).toBe(true);
    expect(isEmulatedMmio(HPTE_V_VALID, keyBits(31n))).toBe(false);
    expect(isEmulatedMmio(HPTE_V_ABSENT, keyBits(30n))).toBe(false);
  });

  it('hpte_get_skey_perm counts keys from the left of the AMR', () => {
    for (let key = 0n; key < 32n; key++) {
      expect(keyOf(keyBits(key))).toBe(key);
      expect(keyPermission(keyBits(key), 3n << (62n - 2n * key))).toBe(3n);
      expect(keyPermission(keyBits(key), ~(3n << (62n - 2n * key)) & ((1n << 64n) - 1n))).toBe(0n);
    }
  });
});

it('an empty table leads every search nowhere', () => {
  const { walks, registers } = emptyWorld();
  expect(walks.search(registers.base, 0n, 'load')).toBe('no-entry');
});
