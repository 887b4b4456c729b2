import { describe, expect, it } from 'vitest';
import type { DebugTarget } from '../../../emulator/index';
import {
  branch,
  describeOutcome,
  ENTRY,
  enterPage,
  form,
  nop,
  place,
  quiet,
  recorder,
  sceneSegment,
  startGuest,
  turnTranslationOn,
} from '../../support/emulator-guest';
import { behaviorsUnderTest, HPTE_R_IG, HPTE_R_M, NO_SLOT } from '../../support/emulator-kvm';
import { Random, seedFor } from '../../support/isa-random';

const WINDOW = 0xd000_0000_0001_0000n;
const DEVICE = NO_SLOT + 0x5000n;
const BASE = 4;
const INDEX = 5;
const DATA = 3;
const DISPLACEMENT = 0x18;

interface Form {
  readonly name: string;
  readonly word: number;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly store?: true;
  readonly signed?: true;
  readonly reversed?: true;
  readonly update: boolean;
}
type Options = Pick<Form, 'store' | 'signed' | 'reversed'>;
const displaced = (name: string, opcode: number, bytes: Form['bytes'], options: Options = {}, low = 0): Form => ({
  name,
  word: form.d(opcode, DATA, BASE, DISPLACEMENT | low),
  bytes,
  update: name.endsWith('u'),
  ...options,
});
const indexed = (name: string, extended: number, bytes: Form['bytes'], options: Options = {}): Form => ({
  name,
  word: form.x(extended, DATA, BASE, INDEX),
  bytes,
  update: name.endsWith('ux'),
  ...options,
});
const store = { store: true } as const;
const signed = { signed: true } as const;
const reversed = { reversed: true } as const;

/** The integer loads and stores of facts 4.3, with the opcodes of the Power ISA's tables. */
const forms: readonly Form[] = [
  displaced('lwz', 32, 4),
  displaced('lwzu', 33, 4),
  displaced('lbz', 34, 1),
  displaced('lbzu', 35, 1),
  displaced('lhz', 40, 2),
  displaced('lhzu', 41, 2),
  displaced('lha', 42, 2, signed),
  displaced('lhau', 43, 2, signed),
  displaced('ld', 58, 8, {}, 0),
  displaced('ldu', 58, 8, {}, 1),
  displaced('lwa', 58, 4, signed, 2),
  indexed('lwzx', 23, 4),
  indexed('lwzux', 55, 4),
  indexed('lbzx', 87, 1),
  indexed('lbzux', 119, 1),
  indexed('lhzx', 279, 2),
  indexed('lhzux', 311, 2),
  indexed('lhax', 343, 2, signed),
  indexed('lhaux', 375, 2, signed),
  indexed('lwax', 341, 4, signed),
  indexed('lwaux', 373, 4, signed),
  indexed('ldx', 21, 8),
  indexed('ldux', 53, 8),
  indexed('lhbrx', 790, 2, reversed),
  indexed('lwbrx', 534, 4, reversed),
  indexed('ldbrx', 532, 8, reversed),
  displaced('stw', 36, 4, store),
  displaced('stwu', 37, 4, store),
  displaced('stb', 38, 1, store),
  displaced('stbu', 39, 1, store),
  displaced('sth', 44, 2, store),
  displaced('sthu', 45, 2, store),
  displaced('std', 62, 8, store, 0),
  displaced('stdu', 62, 8, store, 1),
  indexed('stwx', 151, 4, store),
  indexed('stwux', 183, 4, store),
  indexed('stbx', 215, 1, store),
  indexed('stbux', 247, 1, store),
  indexed('sthx', 407, 2, store),
  indexed('sthux', 439, 2, store),
  indexed('stdx', 149, 8, store),
  indexed('stdux', 181, 8, store),
  indexed('sthbrx', 918, 2, { store: true, reversed: true }),
  indexed('stwbrx', 662, 4, { store: true, reversed: true }),
  indexed('stdbrx', 660, 8, { store: true, reversed: true }),
];

/** A guest with translation on, and the page of a device at WINDOW that no slot holds. */
function guestOfDevice(behavior: (typeof behaviorsUnderTest)[number], littleEndian: boolean): DebugTarget {
  const machine = startGuest({ code: [nop], behavior });
  turnTranslationOn(machine, littleEndian);
  enterPage(machine, sceneSegment, WINDOW, DEVICE | HPTE_R_IG | 2n);
  enterPage(machine, sceneSegment, WINDOW + 0x1000n, 0x8000n | HPTE_R_M | 2n);
  return machine;
}
const stopsAtExit = () => recorder({ events: new Set(['mmio-exit']), stops: () => true });
const hex = (bytes: Iterable<number>) => Buffer.from([...bytes]).toString('hex');
/** The bytes of a number as an instruction puts them into memory. */
function inMemory(value: bigint, { bytes, reversed: turned }: Form, littleEndian: boolean): number[] {
  const big = Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * (bytes - 1 - i))) & 0xffn));
  return littleEndian !== (turned ?? false) ? big.reverse() : big;
}

const orders = [
  ['big-endian', false],
  ['little-endian', true],
] as const;

describe.each(behaviorsUnderTest)('kvmppc_hv_emulate_mmio under %s', (behavior) => {
  describe.each(orders)('for a %s guest', (_order, littleEndian) => {
    it('does every integer load and store of one value (kvmppc_complete_mmio_load)', () => {
      const random = new Random(seedFor(`MMIO, ${behavior}, ${String(littleEndian)}`));
      const machine = guestOfDevice(behavior, littleEndian);
      for (const one of forms)
        for (let count = 0; count < 6; count++) {
          const offset = BigInt(random.below(0xff0));
          const isIndexed = one.word >>> 26 === 31;
          const value = random.wide();
          const base = WINDOW + offset - (isIndexed ? 0x40n : BigInt(DISPLACEMENT));
          machine.setGpr(0, BASE, base);
          machine.setGpr(0, INDEX, 0x40n);
          machine.setGpr(0, DATA, value);
          place(machine, BigInt(ENTRY), [one.word, nop], littleEndian);
          const { watch, events } = stopsAtExit();
          const where = `${one.name} at offset ${offset.toString(16)}`;
          expect(describeOutcome(machine.run(10, watch)), where).toBe('event');
          const isStore = one.store === true;
          const stored = isStore ? inMemory(value, one, littleEndian) : undefined;
          const { pendingExit, registers } = machine.vcpus[0]!;
          expect(pendingExit, where).toMatchObject({
            guestPhysicalAddress: DEVICE + offset,
            effectiveAddress: WINDOW + offset,
            length: one.bytes,
            isWrite: isStore,
            instruction: one.word,
            instructionAddress: BigInt(ENTRY),
            slot: undefined,
          });
          expect(pendingExit?.data && hex(pendingExit.data), where).toBe(stored && hex(stored));
          expect(events[0]?.fields, where).toMatchObject({
            ea: WINDOW + offset,
            store: isStore,
            key: 31n,
            gpa: DEVICE + offset,
          });
          // Done but for a load's result: past the instruction, the base register updated.
          expect(registers.special('nia'), where).toBe(BigInt(ENTRY + 4));
          expect(registers.gpr(BASE), where).toBe(one.update ? WINDOW + offset : base);
          if (isStore) {
            machine.step(0, quiet);
            continue;
          }
          expect(registers.gpr(DATA), where).toBe(value);
          const supplied = Uint8Array.from({ length: one.bytes }, () => random.below(256));
          machine.supplyMmioData(0, supplied);
          machine.step(0, quiet);
          const mostFirst = littleEndian !== (one.reversed ?? false) ? [...supplied].reverse() : [...supplied];
          const plain = BigInt(`0x${hex(mostFirst)}`);
          const loaded = one.signed ? BigInt.asUintN(64, BigInt.asIntN(8 * one.bytes, plain)) : plain;
          expect(registers.gpr(DATA), where).toBe(loaded);
        }
    });

    it.each([
      ['dcbt', 278],
      ['dcbtst', 246],
      ['dcbf', 86],
      ['dcbst', 54],
      ['dcbz', 1014],
    ])('goes on after %s, and nothing leaves', (_name, extended) => {
      const machine = guestOfDevice(behavior, littleEndian);
      machine.setGpr(0, BASE, WINDOW);
      machine.setGpr(0, INDEX, 0x80n);
      place(machine, BigInt(ENTRY), [form.x(extended, 0, BASE, INDEX), nop, nop], littleEndian);
      const { watch, events } = recorder({ events: new Set(['mmio-exit']) });
      machine.step(0, watch);
      expect(machine.vcpus[0]!.instructionAddress).toBe(BigInt(ENTRY + 4));
      expect(events).toEqual([]);
    });
  });

  const outcomeOf = (word: number) => {
    const machine = guestOfDevice(behavior, false);
    machine.setGpr(0, BASE, WINDOW);
    machine.setGpr(0, INDEX, 0n);
    place(machine, BigInt(ENTRY), [word, branch(-4)]);
    const { watch } = recorder({ events: new Set(), breakpoints: [0x300n, 0x700n, BigInt(ENTRY + 4)] });
    const outcome = machine.run(5000, watch);
    return {
      machine,
      text: outcome.kind === 'breakpoint' ? `0x${outcome.address.toString(16)}` : describeOutcome(outcome),
    };
  };
  const refusedAt = behavior === 'v6.1' ? '0x300' : '0x700';

  it.each([
    ['stmw', form.d(47, 28, BASE, 0)],
    ['lwarx', form.x(20, DATA, BASE, INDEX)],
    ['ldarx', form.x(84, DATA, BASE, INDEX)],
  ])('refuses %s', (_name, word) => {
    const { machine, text } = outcomeOf(word);
    expect(text).toBe(refusedAt);
    const { registers } = machine.vcpus[0]!;
    expect(registers.special('srr0')).toBe(BigInt(ENTRY));
    if (behavior !== 'v6.1') expect(registers.special('srr1') & 0x783f_0000n).toBe(0n);
    else {
      const isStore = word >>> 26 === 47;
      expect(registers.special('dsisr')).toBe(0x0400_0000n | (isStore ? 0x0200_0000n : 0n));
      expect(registers.special('dar')).toBe(WINDOW);
    }
  });

  // instruction_is_store() takes them for stores, and the hardware says that they load: KVM tries again for ever.
  it.each([
    ['lmw', form.d(46, 28, BASE, 0), '0x700'],
    ['icbi', form.x(982, 0, BASE, INDEX), `0x${(ENTRY + 4).toString(16)}`],
  ])('tries %s for ever where it checks the direction', (_name, word, withoutCheck) => {
    const { text } = outcomeOf(word);
    if (behavior === 'rfc-2011') expect(text).toBe(withoutCheck);
    else expect(text).toMatch(/^stuck: interrupts follow one another at 0x10000/);
  });

  it('is stopped at, on a key fault, where user space holds the access: the levels show the way', () => {
    const machine = guestOfDevice(behavior, false);
    machine.setGpr(0, BASE, WINDOW);
    place(machine, BigInt(ENTRY), [form.d(32, DATA, BASE, 0), nop]);
    const { watch } = recorder({ events: new Set(['key-fault']), stops: () => true });
    expect(describeOutcome(machine.run(10, watch))).toBe('event');
    expect(machine.vcpus[0]!.pendingExit).toMatchObject({ instruction: form.d(32, DATA, BASE, 0), length: 4 });
    expect(machine.vcpus[0]!.levels.map(({ name }) => name)).toEqual([
      'hypervisor data storage interrupt 0xe00',
      'kvmppc_hdsi',
      'kvmppc_book3s_hv_page_fault',
      'kvmppc_hv_emulate_mmio',
      'KVM_EXIT_MMIO',
    ]);
  });

  it('asks nobody about an address that no device has: a load gives all ones', () => {
    const machine = guestOfDevice(behavior, false);
    machine.setGpr(0, BASE, WINDOW);
    place(machine, BigInt(ENTRY), [form.d(34, DATA, BASE, 8), form.d(38, DATA, BASE, 8), nop]);
    machine.step(0, quiet);
    expect(machine.vcpus[0]!.registers.gpr(DATA)).toBe(0xffn);
    machine.step(0, quiet);
    expect(machine.vcpus[0]!.instructionAddress).toBe(BigInt(ENTRY + 8));
  });

  it('reaches the emulated serial port’s registers', () => {
    const machine = guestOfDevice(behavior, false);
    enterPage(machine, sceneSegment, WINDOW + 0x2000n, NO_SLOT | HPTE_R_IG | 2n);
    machine.setGpr(0, BASE, WINDOW + 0x2000n);
    machine.setGpr(0, DATA, 0x41n);
    const stb = (register: number) => form.d(38, DATA, BASE, register);
    const lbz = (register: number) => form.d(34, 10 + register, BASE, register);
    place(machine, BigInt(ENTRY), [stb(0), stb(7), lbz(7), lbz(5), lbz(2), lbz(0), nop]);
    const { watch, console, events } = recorder();
    for (let count = 0; count < 7; count++) machine.step(0, watch);
    const { registers } = machine.vcpus[0]!;
    expect([7, 5, 2, 0].map((register) => registers.gpr(10 + register))).toEqual([0x41n, 0x60n, 1n, 0n]);
    expect(console()).toBe('A');
    expect(events.filter(({ kind }) => kind === 'mmio-exit')).toHaveLength(6);
  });
});

it('a fetch from a page without memory is tried for ever, as under Linux (facts 9)', () => {
  const machine = guestOfDevice('v6.1', false);
  enterPage(machine, sceneSegment, WINDOW + 0x2000n, DEVICE | 0x20n | 2n);
  machine.setSpecial(0, 'nia', WINDOW + 0x2000n);
  expect(describeOutcome(machine.run(5000, quiet))).toMatch(/^stuck: interrupts follow one another/);
});
