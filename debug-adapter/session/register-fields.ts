/** The named fields of special-purpose registers: msr.PR, lpcr.VPM1, dsisr.NOHPTE, xer.CA, fpscr.RN. */
import { dsisr, FPSCR, instructionStorage, lpcr, msr } from '../../emulator/index';

export interface RegisterField {
  readonly register: string;
  readonly name: string;
  /** Where it lies in the register. A field in several pieces is read without its gaps. */
  readonly mask: bigint;
}

const xer = { SO: 1n << 31n, OV: 1n << 30n, CA: 1n << 29n } as const;
const fpscrMasks = Object.fromEntries(Object.entries(FPSCR).map(([name, mask]) => [name, BigInt(mask >>> 0)]));
const keys = Object.fromEntries(Array.from({ length: 32 }, (_, key) => [`key${key}`, 3n << BigInt(62 - 2 * key)]));

const masks: Readonly<Record<string, Readonly<Record<string, bigint>>>> = {
  msr: msr.mask,
  srr1: { ...msr.mask, ...instructionStorage.mask },
  hsrr1: { ...msr.mask, ...instructionStorage.mask },
  lpcr: lpcr.mask,
  dsisr: dsisr.mask,
  hdsisr: dsisr.mask,
  xer,
  fpscr: fpscrMasks,
  amr: keys,
  iamr: keys,
};

/** The field that a text such as "msr.PR" names; upper and lower case of the register do not matter. */
export function registerField(text: string): RegisterField | undefined {
  const [, register = '', name = ''] = /^(\w+)\.(\w+)$/.exec(text) ?? [];
  const known = masks[register.toLowerCase()];
  const mask = known && Object.hasOwn(known, name) ? known[name] : undefined;
  return mask === undefined ? undefined : { register: register.toLowerCase(), name, mask };
}

export function fieldValue({ mask }: RegisterField, word: bigint): bigint {
  let value = 0n;
  for (let bit = 63n; bit >= 0n; bit--) if (((mask >> bit) & 1n) === 1n) value = (value << 1n) | ((word >> bit) & 1n);
  return value;
}

/** The register's word with the field replaced. The value must fit. */
export function withFieldValue({ mask }: RegisterField, word: bigint, value: bigint): bigint {
  let rest = value;
  let now = word & ~mask;
  for (let bit = 0n; bit < 64n; bit++) {
    if (((mask >> bit) & 1n) === 0n) continue;
    now |= (rest & 1n) << bit;
    rest >>= 1n;
  }
  return now;
}
export const fieldWidth = ({ mask }: RegisterField): number => mask.toString(2).replaceAll('0', '').length;
