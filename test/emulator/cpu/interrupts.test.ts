import { describe, expect, it } from 'vitest';
import {
  deliver,
  goesToHypervisor,
  interruptAt,
  interruptMsr,
  programInterrupt,
  storageInterrupt,
  vectorName,
  vectors,
} from '../../../emulator/cpu/interrupts';
import { Registers } from '../../../emulator/cpu/registers';
import { lpcr, msr } from '../../../emulator/mmu/special-register-bits';
import type { Access, StorageFault } from '../../../emulator/mmu/storage-fault';
import { verdicts } from '../../../emulator/mmu/verdict';
import { VCPU_SIZE } from '../../../emulator/state/layout';
import { Random, seedFor } from '../../support/isa-random';

const { SF, HV, EE, PR, ME, IR, DR, LE } = msr.mask;
const seed = seedFor('interrupts');
const accesses = ['load', 'store', 'fetch'] as const;

function registersWith(values: { msr: bigint; lpcr?: bigint; nia?: bigint }): Registers {
  const registers = new Registers(new DataView(new ArrayBuffer(VCPU_SIZE)), 0);
  registers.setSpecial('msr', values.msr);
  registers.setSpecial('lpcr', values.lpcr ?? 0n);
  registers.setSpecial('nia', values.nia ?? 0x1234n);
  return registers;
}
const fault = (access: Access, verdict: StorageFault['verdict'], status = 0x4000_0000n): StorageFault => ({
  access,
  verdict,
  status,
  effectiveAddress: 0xd000_0000_0003_0128n,
});

describe('the way of a refused access (facts 2)', () => {
  /** The table of facts 2, written as it stands there. */
  const toHypervisor = (hypervisor: boolean, translated: boolean, vpm0: boolean, vpm1: boolean) =>
    !hypervisor && (translated ? vpm1 : vpm0);
  const truths = [false, true] as const;
  const combinations = truths.flatMap((hv) =>
    truths.flatMap((ir) =>
      truths.flatMap((dr) => truths.flatMap((vpm0) => truths.map((vpm1) => ({ hv, ir, dr, vpm0, vpm1 })))),
    ),
  );

  it.each(combinations)('with HV $hv, IR $ir, DR $dr, VPM0 $vpm0 and VPM1 $vpm1', ({ hv, ir, dr, vpm0, vpm1 }) => {
    const state = msr.encode({ HV: hv, IR: ir, DR: dr, SF: true });
    const partition = lpcr.encode({ VPM0: vpm0, VPM1: vpm1, HDICE: true });
    for (const access of accesses)
      for (const verdict of verdicts) {
        if (verdict === 'mapped') continue;
        const translated = access === 'fetch' ? ir : dr;
        const expected = verdict !== 'segment-miss' && toHypervisor(hv, translated, vpm0, vpm1);
        expect(goesToHypervisor(fault(access, verdict), state, partition), `${access} ${verdict}`).toBe(expected);
      }
  });
});

describe('a storage interrupt', () => {
  it('of data leaves the address in DAR and the cause in DSISR', () => {
    const one = storageInterrupt(fault('store', 'refused', 0x0a00_0000n), 'by LPCR[AIL]');
    expect(one).toEqual({
      vector: 0x300,
      cause: 0n,
      dar: 0xd000_0000_0003_0128n,
      dsisr: 0x0a00_0000n,
      location: 'by LPCR[AIL]',
    });
  });

  it('of a fetch leaves the cause in SRR1, and DAR and DSISR alone', () => {
    const one = storageInterrupt(fault('fetch', 'refused', 0x1000_0000n), 'real-mode vector');
    expect(one).toEqual({
      vector: 0x400,
      cause: 0x1000_0000n,
      dar: undefined,
      dsisr: undefined,
      location: 'real-mode vector',
    });
  });

  it('of a segment says no more than the address, and that for data only', () => {
    const [data, fetch] = (['load', 'fetch'] as const).map((access) =>
      storageInterrupt(fault(access, 'segment-miss'), 'by LPCR[AIL]'),
    );
    expect(data).toMatchObject({ vector: 0x380, cause: 0n, dar: 0xd000_0000_0003_0128n, dsisr: undefined });
    expect(fetch).toMatchObject({ vector: 0x480, cause: 0n, dar: undefined, dsisr: undefined });
  });
});

describe('delivery', () => {
  /** SRR1 bits 33 to 36 and 42 to 47 tell the cause (Power ISA 2.07, Book III-S 6.5). */
  const causeBits = (((1n << 34n) - 1n - ((1n << 27n) - 1n)) & 0x7800_0000n) | 0x3f_0000n;

  it('saves where and in what state the guest was, and starts the handler: any interrupt in any state', () => {
    const random = new Random(seed);
    for (let count = 0; count < 3000; count++) {
      const before = { msr: random.wide(), lpcr: random.wide(), nia: random.wide() & ~3n };
      const registers = registersWith(before);
      registers.setSpecial('dar', 0x11n);
      registers.setSpecial('dsisr', 0x22n);
      const location = random.of(['by LPCR[AIL]', 'real-mode vector'] as const);
      const access = random.of(accesses);
      const verdict = random.of(['segment-miss', 'no-entry', 'refused'] as const);
      const status = access === 'fetch' ? 0x0800_0000n : 0x0a00_0000n;
      const interrupt = storageInterrupt(fault(access, verdict, status), location);
      deliver(registers, interrupt);

      expect(registers.special('srr0')).toBe(before.nia);
      expect(registers.special('srr1')).toBe((before.msr & ~causeBits) | interrupt.cause);
      const missed = verdict === 'segment-miss';
      expect(registers.special('dar')).toBe(access === 'fetch' ? 0x11n : 0xd000_0000_0003_0128n);
      expect(registers.special('dsisr')).toBe(access === 'fetch' || missed ? 0x22n : status);

      const bothOn = (before.msr & IR) !== 0n && (before.msr & DR) !== 0n;
      const alternate = location === 'by LPCR[AIL]' && bothOn ? (before.lpcr >> 23n) & 3n : 0n;
      const base = { 2: 0x1_8000n, 3: 0xc000_0000_0000_4000n }[String(alternate)];
      expect(registers.special('nia')).toBe(BigInt(interrupt.vector) + (base ?? 0n));
      const kept = before.msr & (ME | HV);
      const order = (before.lpcr & 0x0200_0000n) === 0n ? 0n : LE;
      expect(registers.special('msr')).toBe(SF | kept | order | (base === undefined ? 0n : IR | DR));
    }
  });

  it('goes to 0xc000000000004000 and up, with translation on, only if LPCR[AIL] is 3 and IR and DR were on', () => {
    const at = (state: bigint, ail: bigint) => {
      const registers = registersWith({ msr: SF | ME | state, lpcr: lpcr.encode({ AIL: ail }) });
      deliver(registers, interruptAt(vectors.decrementer));
      return [registers.special('nia'), registers.special('msr')];
    };
    expect(at(IR | DR | EE | PR, 3n)).toEqual([0xc000_0000_0000_4900n, SF | ME | IR | DR]);
    expect(at(IR | DR, 2n)).toEqual([0x1_8900n, SF | ME | IR | DR]);
    expect(at(IR | DR, 1n)).toEqual([0x900n, SF | ME]);
    expect(at(IR | DR, 0n)).toEqual([0x900n, SF | ME]);
    expect(at(IR, 3n)).toEqual([0x900n, SF | ME]);
    expect(at(DR, 3n)).toEqual([0x900n, SF | ME]);
  });

  it('of a fault that the host reflects goes to the vector itself whatever LPCR[AIL] says', () => {
    const registers = registersWith({ msr: SF | ME | IR | DR, lpcr: lpcr.encode({ AIL: 3n, ILE: true }) });
    deliver(registers, storageInterrupt(fault('load', 'no-entry'), 'real-mode vector'));
    expect(registers.special('nia')).toBe(0x300n);
    expect(registers.special('msr')).toBe(SF | ME | LE);
  });

  it.each([
    ['illegal', 0x8_0000n],
    ['privileged', 0x4_0000n],
    ['trap', 0x2_0000n],
  ] as const)('of a program interrupt says that it is %s in SRR1', (kind, cause) => {
    const registers = registersWith({ msr: SF | EE });
    deliver(registers, programInterrupt(kind));
    expect(registers.special('srr1')).toBe(SF | EE | cause);
    expect(registers.special('nia')).toBe(0x700n);
  });

  it('switches to the byte order of LPCR[ILE]', () => {
    expect(interruptMsr(SF | LE | EE, 0n)).toBe(SF);
    expect(interruptMsr(SF, lpcr.mask.ILE)).toBe(SF | LE);
  });
});

describe('vectors', () => {
  it('are those of the trap names in facts 8', () => {
    expect(vectors).toMatchObject({
      dataStorage: 0x300,
      dataSegment: 0x380,
      instructionStorage: 0x400,
      instructionSegment: 0x480,
      external: 0x500,
      alignment: 0x600,
      program: 0x700,
      floatingPointUnavailable: 0x800,
      decrementer: 0x900,
      hypervisorDecrementer: 0x980,
      systemCall: 0xc00,
      hypervisorDataStorage: 0xe00,
      hypervisorInstructionStorage: 0xe20,
      hypervisorEmulationAssistance: 0xe40,
      vectorUnavailable: 0xf20,
      vsxUnavailable: 0xf40,
    });
  });

  it('have names to show', () => {
    expect(vectorName(0x300)).toBe('data storage');
    expect(vectorName(0xe20)).toBe('hypervisor instruction storage');
    expect(vectorName(0x123)).toBe('unknown');
  });
});
