import { takeOut } from '../change-entry';
import type { Kvm } from '../kvm';
import { agrees, entryNumber, findEntry, type Condition } from './find-entry';
import { hypercall, status } from './hypercall';

/** Linux: kvmppc_do_h_remove(). */
export const hRemove = hypercall({
  name: 'H_REMOVE',
  number: 0x04,
  parameters: ['flags', 'pteIndex', 'avpn'],
  run(kvm, { flags, pteIndex, avpn }) {
    const found = findEntry(kvm, flags, pteIndex, avpn);
    if ('status' in found) return found;
    const { first, second } = takeOut(kvm, found.index);
    return { status: status.success, results: [first, second] };
  },
});

/** A request's highest byte: 01 and a condition, or 11 for the end. */
const REQUEST = 1n;
const END = 3n;
const conditions: readonly (Condition | undefined)[] = ['none', 'andcond', 'avpn', undefined];
const INDEX = (1n << 56n) - 1n;
/** The reply's highest byte, above the condition's two bits. */
const reply = { done: 0x80n, notFound: 0x90n, parameter: 0xa0n } as const;
/** R and C of a removed entry, from their places in it to theirs in the reply's highest byte. */
const USE_SHIFT = 51n;

/** What stands in a request's first register afterwards. */
function removeOne(kvm: Kvm, request: bigint, value: bigint): { readonly answer: bigint; readonly refused: boolean } {
  const control = request >> 56n;
  const pteIndex = request & INDEX;
  const condition = conditions[Number(control & 3n)];
  const answer = (outcome: bigint) => ((outcome | (control & 3n)) << 56n) + pteIndex;
  const index = entryNumber(kvm, pteIndex);
  if (control >> 6n !== REQUEST || condition === undefined || index === undefined)
    return { answer: answer(reply.parameter), refused: true };
  if (!agrees(kvm.table.first(index), condition, value)) return { answer: answer(reply.notFound), refused: false };
  const { second } = takeOut(kvm, index);
  return { answer: answer(reply.done) | ((second & 0x180n) << USE_SHIFT), refused: false };
}

/** Linux: kvmppc_h_bulk_remove(). Four requests of two registers, each answered in its first. */
export const hBulkRemove = hypercall({
  name: 'H_BULK_REMOVE',
  number: 0x124,
  parameters: ['request1', 'value1', 'request2', 'value2', 'request3', 'value3', 'request4', 'value4'],
  run(kvm, args) {
    const results = Object.values(args);
    for (let at = 0; at < results.length; at += 2) {
      const [request = 0n, value = 0n] = results.slice(at, at + 2);
      if (request >> 62n === END) break;
      const { answer, refused } = removeOne(kvm, request, value);
      results[at] = answer;
      if (refused) return { status: status.parameter, results };
    }
    return { status: status.success, results };
  },
});
