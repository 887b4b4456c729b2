import { addPacked } from '../decimal/packed';
import { hasAny } from './idioms';
import { instruction } from './instruction';
import { quadwordOf, vectorOfQuadword } from './vector';

const operation = (mnemonic: string, extended: number, subtracts: boolean) =>
  instruction({
    mnemonic,
    encoding: `4:6 vrt vra vrb 1:1 ps ${extended}:9` as const,
    assembly: 'vrt,vra,vrb,ps',
    since: '2.07',
    meaning: (op, { vrt, vra, vrb, ps }) => {
      op.requireFacility('vector');
      const [a, b] = [quadwordOf(op, op.vr(vra)), quadwordOf(op, op.vr(vrb))];
      const compute = (a0: bigint, a1: bigint, b0: bigint, b1: bigint) => {
        const { packed, field } = addPacked((a0 << 64n) | a1, (b0 << 64n) | b1, subtracts, ps);
        return { high: packed >> 64n, low: BigInt.asUintN(64, packed), field: BigInt(field) };
      };
      const { high, low, field } = op.evaluate(compute, a.high, a.low, b.high, b.low);
      op.setVr(vrt, vectorOfQuadword(op, { high, low }));
      op.setCrField('cr6', [hasAny(op, field, 8), hasAny(op, field, 4), hasAny(op, field, 2), hasAny(op, field, 1)]);
    },
  });

/** Book I 6.15. */
export const vectorDecimal = [operation('bcdadd.', 1, false), operation('bcdsub.', 65, true)];
