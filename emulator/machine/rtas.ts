/** Run-Time Abstraction Services: calls by number with their arguments in memory (PAPR chapter 7). */
import type { GuestMemory } from './guest-memory';

export const rtasTokens = { 'power-off': 1, 'system-reboot': 2 } as const;

/** What the guest jumps to: r4 = r3, r3 = H_RTAS, sc 1, blr. Big-endian whatever the guest is. */
export const rtasCode = new Uint8Array([
  ...[0x7c, 0x64, 0x1b, 0x78],
  ...[0x3c, 0x60, 0x00, 0x00],
  ...[0x60, 0x63, 0xf0, 0x00],
  ...[0x44, 0x00, 0x00, 0x22],
  ...[0x4e, 0x80, 0x00, 0x20],
]);

export type RtasOutcome =
  | { readonly kind: 'returned' }
  | { readonly kind: 'powered-off'; readonly how: 'power-off' | 'reboot' }
  | { readonly kind: 'unknown' };

const UNKNOWN_FUNCTION = -3;
const ARGUMENTS = 12;

/** `address`: guest physical, of token, argument count, result count, arguments and results, all 32 bits big-endian. */
export function callRtas(memory: GuestMemory, address: bigint): RtasOutcome {
  const header = memory.read(address, ARGUMENTS);
  if (header.length < ARGUMENTS) return { kind: 'unknown' };
  const view = new DataView(header.buffer, header.byteOffset);
  const [token, argumentCount, resultCount] = [view.getUint32(0), view.getUint32(4), view.getUint32(8)];
  const answer = (status: number) => {
    if (resultCount === 0) return;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, status);
    memory.write(address + BigInt(ARGUMENTS + 4 * argumentCount), bytes);
  };
  switch (token) {
    case rtasTokens['power-off']:
      answer(0);
      return { kind: 'powered-off', how: 'power-off' };
    case rtasTokens['system-reboot']:
      answer(0);
      return { kind: 'powered-off', how: 'reboot' };
    default:
      answer(UNKNOWN_FUNCTION);
      return { kind: 'unknown' };
  }
}
