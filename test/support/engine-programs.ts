/** Random programs for the engines, in a few pages of code, with registers that point to what may go wrong. */
import type { Instruction } from '../../emulator/isa/instruction';
import { handlerTable } from '../../emulator/engine/interpreter/handler-table';
import { handlers } from '../../emulator/engine/interpreter/reasons';
import { instructions } from '../../emulator/isa/table';
import { MSR } from '../../emulator/isa/machine-state-register';
import { crOffset, flagOffsets, gprOffset, specialOffsets, vsrOffset } from '../../emulator/state/layout';
import { CODE, DATA, DATA_PAGES, PAGE, ramSize, registersSize, type Program } from './engine-world';
import type { Random } from './isa-random';

const edges = [0n, 1n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 63n - 1n, 0x8000_0000n, 0x7fff_ffffn, 31n, 32n, 63n, 64n];
edges.push(0xffff_ffff_8000_0000n, 0xffff_ffffn);

const grouped = (some: readonly Instruction[]): readonly (readonly Instruction[])[] => [
  ...some
    .reduce(
      (map, one) => map.set(one.mnemonic, [...(map.get(one.mnemonic) ?? []), one]),
      new Map<string, Instruction[]>(),
    )
    .values(),
];
const { numberOf } = handlerTable();
const generated = grouped(instructions.filter((one) => numberOf(one, false) !== handlers.slow));
/** Without what asks for facilities that are switched off: there would be little else. */
const others = grouped(
  instructions.filter(
    (one) => numberOf(one, false) === handlers.slow && (one.match >>> 26 < 32 || one.match >>> 26 === 31),
  ),
);
const allFacilities = MSR.FP | MSR.VEC | MSR.VSX;
const reservations = grouped(instructions.filter((one) => /^l[bhwd]arx$|^st[bhwd]cx/.test(one.mnemonic)));
/** Registers with the addresses of reservations. */
const reserved = [3, 4] as const;
const branches = grouped(instructions.filter((one) => one.mnemonic.startsWith('b')));

function value(random: Random): bigint {
  switch (random.below(6)) {
    case 5:
      return random.of([DATA + 6n * 4096n, DATA + 11n * 4096n, CODE]) + BigInt(random.below(0x180));
    case 0:
      return random.of(edges);
    case 1:
      return random.wide();
    case 2:
      return DATA + BigInt((1 + random.below(DATA_PAGES - 1)) * PAGE - random.below(24));
    default:
      return DATA + BigInt(random.below(DATA_PAGES * PAGE));
  }
}

/** lwarx, stwcx. and their like, at one of two places: or hardly any store would find its reservation. */
function reservation(random: Random): number {
  const { mask, match } = random.of(random.of(reservations));
  const address = (random.of(reserved) << 11) & ~mask;
  return (match | (random.next() & ~mask & ~0x1f_f800) | address) & ~(0x1f_0000 & ~mask);
}

function word(random: Random): number {
  const luck = random.below(100);
  if (luck >= 95) return reservation(random);
  if (luck === 0) return random.below(4) === 0 ? 0x4800_0000 : random.next() | 0;
  const kind = luck < 12 ? branches : luck < 18 ? others : generated;
  const { mask, match } = random.of(random.of(kind));
  const any = match | (random.next() & ~mask);
  const opcode = match >>> 26;
  // Branches stay near, displacements are small.
  if (opcode === 16) return (any & ~0xfffc) | (((random.below(96) - 24) * 4) & 0xfffc);
  if (opcode === 18) return (any & ~0x3fffffc) | (((random.below(96) - 24) * 4) & 0x3fffffc);
  if (opcode >= 32 && opcode <= 62) return any & ~(random.of([0xf800, 0xfff0]) & ~mask);
  return any;
}

export function randomProgram(random: Random, littleEndian: boolean): Program {
  const registers = new Uint8Array(registersSize);
  const ram = new Uint8Array(ramSize);
  const state = new DataView(registers.buffer);
  const code = new DataView(ram.buffer);
  for (let i = 0; i < 32; i++) {
    state.setBigUint64(gprOffset + i * 8, value(random), true);
    registers[crOffset + i] = random.below(2);
  }
  for (let i = 0; i < 128; i++) state.setBigUint64(vsrOffset + i * 8, value(random), true);
  for (const register of reserved)
    state.setBigUint64(gprOffset + register * 8, DATA + BigInt(random.below(64) * 16), true);
  for (const at of Object.values(flagOffsets)) registers[at] = random.below(2);
  const special = (name: keyof typeof specialOffsets, number: bigint) => {
    state.setBigUint64(specialOffsets[name], number, true);
  };
  const codeAddress = () =>
    CODE + BigInt(random.of([random.below(64) * 4, 0x1000 - random.below(8) * 4, 0x1000 + random.below(64) * 4]));
  special('lr', codeAddress());
  special('ctr', random.below(2) ? codeAddress() : BigInt(random.below(5)));
  special('srr0', codeAddress());
  special(
    'srr1',
    random.of([
      0x8000_0000_0000_0031n,
      0x8000_0000_0280_a031n,
      0x8000_0000_0280_e031n,
      0x8000_0000_0000_4031n,
      0x8000_0000_0000_0030n,
      0x8000_0000_0000_0010n,
      random.wide(),
    ]),
  );
  special('reservationAddress', 2n ** 64n - 1n);
  special('uamor', random.wide());
  for (let i = 0; i < ramSize; i++) ram[i] = random.next();
  for (const page of [0, 5])
    for (let i = 0; i < PAGE; i += 4) code.setInt32(page * PAGE + i, word(random), littleEndian);
  const known = Array.from({ length: random.below(8) }, () => DATA + BigInt(random.below(DATA_PAGES) * PAGE));
  const breakpoints = new Set(random.below(4) ? [] : [codeAddress(), codeAddress(), codeAddress()]);
  return {
    registers,
    ram,
    known,
    breakpoints,
    facilities: random.of([allFacilities, allFacilities, 0n, MSR.FP, MSR.VEC | MSR.FP]),
    amr: random.of([0n, 0n, 0xc000_0000_0000_0000n, 0x4000_0000_0000_0000n, random.wide()]),
  };
}
