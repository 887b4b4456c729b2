import type { Sorts } from '../operations/arithmetic';
import type { Bytes, Operations } from '../operations/instruction-operations';
import { hasAny, indexed } from './idioms';
import { instruction } from './instruction';

const demandAlignment = <S extends Sorts>(
  op: Operations<S>,
  address: S['value'],
  bytes: Bytes,
  access: 'load' | 'store',
) => {
  if (bytes > 1) op.alignmentInterrupt(hasAny(op, address, bytes - 1), address, access);
};

const load = (mnemonic: string, extended: number, bytes: Bytes) =>
  instruction({
    mnemonic,
    encoding: `31:6 rt ra0 rb ${extended}:10 eh` as const,
    assembly: 'rt,ra0,rb,eh',
    aliases: [{ mnemonic, assembly: 'rt,ra0,rb', when: { eh: 0 } }],
    meaning: (op, { rt, ra0, rb }) => {
      const address = indexed(op, ra0, rb);
      demandAlignment(op, address, bytes, 'load');
      op.setGpr(rt, op.loadAndReserve(address, bytes));
    },
  });

const store = (mnemonic: string, extended: number, bytes: Bytes) =>
  instruction({
    mnemonic,
    encoding: `31:6 rs ra0 rb ${extended}:10 1:1` as const,
    assembly: 'rs,ra0,rb',
    meaning: (op, { rs, ra0, rb }) => {
      const address = indexed(op, ra0, rb);
      demandAlignment(op, address, bytes, 'store');
      const stored = op.storeConditional(address, bytes, op.gpr(rs));
      const never = op.equal(op.constant(0), op.constant(1));
      op.setCrField('cr0', [never, never, stored, op.flag('so')]);
    },
  });

/** Book II 4.4.2. */
export const loadAndReserve = [
  load('lbarx', 52, 1),
  load('lharx', 116, 2),
  load('lwarx', 20, 4),
  load('ldarx', 84, 8),
  store('stbcx.', 694, 1),
  store('sthcx.', 726, 2),
  store('stwcx.', 150, 4),
  store('stdcx.', 214, 8),
];
