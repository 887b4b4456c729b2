/**
 * Every word of a program's code, read by us and by objdump: of our sample guest or, if KEY31_KERNEL names a vmlinux (see
 * fetch-kernel.sh), of a kernel.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decode, disassembleText } from '../../emulator/isa/table';
import { recordCounts } from '../support/differential-counts';
import { hasObjdump, objdump } from '../support/differential-objdump';
import { differences, type Comparison } from '../support/differential-objdump-differences';

const kernel = process.env['KEY31_KERNEL'];
const program = kernel ?? 'extension/samples/mmio-trap/mmio-trap.le.elf';
const LEAST_WORDS = kernel === undefined ? 1000 : 1_000_000;
const available = hasObjdump();
if (!available) console.log('skipped: no powerpc64le-linux-gnu-objdump to compare with');

/** What objdump reads and we do not: data among the code, and what is not ours. */
const unknownToUs: readonly { readonly reason: string; readonly theirs: RegExp }[] = [
  { reason: 'objdump gives POWER8 instructions that version 2.07 lacks', theirs: /^(vabsdu[bhw]|waitasec|mtsle)\b/ },
  { reason: 'accelerators and the service processor', theirs: /^(attn|icswx|eciwx|ecowx)\b/ },
];

/** Why objdump writes a word otherwise; undefined: for no reason that we know. */
function reasonFor(word: number, ours: string, theirs: string): string | undefined {
  const instruction = decode(word);
  if (!instruction) return unknownToUs.find((one) => one.theirs.test(theirs))?.reason;
  const values = instruction.decode(word);
  const hasIgnoredBits = instruction.encode(values) !== word >>> 0;
  if (hasIgnoredBits && (theirs.startsWith('.long ') || theirs.startsWith(ours)))
    return 'bits that the processor ignores: objdump refuses them, or shows what a later version makes of them';
  const comparison: Comparison = { instruction, values, ours, theirs };
  return differences.find(({ applies }) => applies(comparison))?.reason;
}

interface Stretch {
  readonly address: bigint;
  readonly words: Uint32Array;
}
const little = true;

/** The sections of an ELF file that hold code. */
function codeOf(file: Buffer): Stretch[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sections = Number(view.getBigUint64(40, little));
  const [size, count] = [view.getUint16(58, little), view.getUint16(60, little)];
  const executable = 4n;
  const hasContents = 1;
  return Array.from({ length: count }, (_, i) => sections + i * size)
    .filter((at) => view.getUint32(at + 4, little) === hasContents)
    .filter((at) => (view.getBigUint64(at + 8, little) & executable) !== 0n)
    .map((at) => {
      const offset = Number(view.getBigUint64(at + 24, little));
      const length = Math.floor(Number(view.getBigUint64(at + 32, little)) / 4);
      const words = Uint32Array.from({ length }, (__, i) => view.getUint32(offset + i * 4, little));
      return { address: view.getBigUint64(at + 16, little), words };
    });
}

const AT_ONCE = 250_000;
interface Found {
  /** How often each reason explains a difference. */
  readonly reasons: Map<string, number>;
  /** By both mnemonics: how often, and the first of them. */
  readonly unexplained: Map<string, { times: number; readonly first: string }>;
}

function compareStretch({ address, words }: Stretch, { reasons, unexplained }: Found): void {
  for (let start = 0; start < words.length; start += AT_ONCE) {
    const part = [...words.subarray(start, start + AT_ONCE)];
    const from = address + BigInt(start * 4);
    const theirs = objdump(part, from, 'power8');
    expect(theirs).toHaveLength(part.length);
    part.forEach((word, i) => {
      const other = theirs[i] ?? '';
      const ours = disassembleText(word, from + BigInt(i * 4));
      if (ours === other) return;
      const reason = reasonFor(word, ours, other);
      if (reason !== undefined) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        return;
      }
      const kind = [ours, other].map((text) => text.split(' ')[0]).join(' | ');
      const known = unexplained.get(kind) ?? { times: 0, first: `${ours} | ${other}` };
      known.times++;
      unexplained.set(kind, known);
    });
  }
}

test.skipIf(!available)('a program’s code reads as objdump writes it', { timeout: 600_000 }, () => {
  const stretches = codeOf(readFileSync(program));
  const found: Found = { reasons: new Map(), unexplained: new Map() };
  for (const one of stretches) compareStretch(one, found);
  const words = stretches.reduce((sum, one) => sum + one.words.length, 0);
  recordCounts(kernel === undefined ? 'text of the sample guest' : 'text of Debian’s kernel', {
    words,
    unexplained: found.unexplained.size,
    ...Object.fromEntries(found.reasons),
  });
  expect(words).toBeGreaterThan(LEAST_WORDS);
  expect([...found.unexplained.values()].map(({ times, first }) => `${times} times, such as ${first}`)).toEqual([]);
});
