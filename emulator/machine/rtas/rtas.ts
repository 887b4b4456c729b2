/** Run-Time Abstraction Services: calls by number with their arguments in memory (PAPR chapter 7). */
import type { UserSpace } from '../hypercalls/user-space-hypercall';
import type { Vcpu } from '../vcpu';
import { rtasStatus, type RtasResult } from './rtas-call';
import { rtasCalls } from './table';

/** What the guest jumps to: r4 = r3, r3 = H_RTAS, sc 1, blr. Big-endian whatever the guest is. */
export const rtasCode = new Uint8Array([
  ...[0x7c, 0x64, 0x1b, 0x78],
  ...[0x3c, 0x60, 0x00, 0x00],
  ...[0x60, 0x63, 0xf0, 0x00],
  ...[0x44, 0x00, 0x00, 0x22],
  ...[0x4e, 0x80, 0x00, 0x20],
]);

const WORD = 4;
/** Token, argument count, result count. */
const HEADER = 3 * WORD;
const MOST_WORDS = 16;

/** `address`: guest physical, of the header, arguments and results, all words big-endian. False: nobody answers. */
export function callRtas(space: UserSpace, vcpu: Vcpu, address: bigint): boolean {
  const words = wordsAt(space, address, HEADER / WORD);
  const [token, argumentCount = 0, resultCount = 0] = words;
  if (token === undefined || argumentCount + resultCount > MOST_WORDS) return false;
  const values = wordsAt(space, address + BigInt(HEADER), argumentCount);
  const call = rtasCalls.get(token);
  const enough = call && values.length >= call.parameters.length;
  const result: RtasResult = enough
    ? call.run(space, vcpu, Object.fromEntries(call.parameters.map((name, i) => [name, values[i] ?? 0])))
    : { status: rtasStatus.parameterError };
  const answers = [result.status, ...(result.results ?? [])].slice(0, resultCount);
  space.memory.write(address + BigInt(HEADER + WORD * argumentCount), bytesOfWords(answers));
  return call !== undefined;
}

function wordsAt({ memory }: UserSpace, address: bigint, count: number): readonly number[] {
  const bytes = memory.read(address, count * WORD);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / WORD) }, (_, i) => view.getUint32(i * WORD));
}
function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * WORD);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => {
    view.setInt32(i * WORD, word);
  });
  return bytes;
}
