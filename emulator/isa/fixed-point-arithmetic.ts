import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { asNumber, invert, isNegative, low32, setOverflow, setResult } from './idioms';
import { instruction } from './instruction';

interface Target {
  readonly rt: Operand<'gpr'>;
  readonly oe?: number;
  readonly rc: number;
}

/** The one adder behind every add and subtract; a subtraction is the inverted operand plus one. */
function addWithCarry<S extends Sorts>(
  op: Operations<S>,
  { rt, oe = 0, rc }: Target,
  a: S['value'],
  b: S['value'],
  carryIn: S['value'],
  setsCarry: boolean,
): void {
  const partial = op.add(a, b);
  const sum = op.add(partial, carryIn);
  const low = (value: S['value']) => op.inMode(value, 'unsigned');
  if (setsCarry) op.setFlag('ca', op.either(op.lessUnsigned(low(partial), low(a)), op.lessUnsigned(low(sum), carryIn)));
  if (oe) setOverflow(op, isNegative(op, op.inMode(op.and(op.xor(a, sum), op.xor(b, sum)), 'signed')));
  setResult(op, rt, sum, rc);
}
const carry = <S extends Sorts>(op: Operations<S>): S['value'] => asNumber(op, op.flag('ca'));

/** What goes into the adder beside RA (inverted where `subtract`), and whether CA comes out. */
interface Adder {
  readonly subtract?: true;
  readonly carryIn: 'none' | 'one' | 'ca';
  readonly setsCarry: boolean;
}
const carryInOf = <S extends Sorts>(op: Operations<S>, { carryIn }: Adder): S['value'] =>
  carryIn === 'ca' ? carry(op) : op.constant(carryIn === 'one' ? 1 : 0);

const addRegisters = (mnemonic: string, extended: number, adder: Adder) =>
  instruction({
    mnemonic,
    encoding: `31:6 rt ra rb oe ${extended}:9 rc` as const,
    assembly: 'rt,ra,rb',
    meaning: (op, { ra, rb, ...target }) => {
      const a = adder.subtract ? invert(op, op.gpr(ra)) : op.gpr(ra);
      addWithCarry(op, target, a, op.gpr(rb), carryInOf(op, adder), adder.setsCarry);
    },
  });
/** The forms whose second operand is 0 or -1. */
const addConstant = (mnemonic: string, extended: number, second: 0 | -1, adder: Adder) =>
  instruction({
    mnemonic,
    encoding: `31:6 rt ra /:5 oe ${extended}:9 rc` as const,
    assembly: 'rt,ra',
    meaning: (op, { ra, ...target }) => {
      const a = adder.subtract ? invert(op, op.gpr(ra)) : op.gpr(ra);
      addWithCarry(op, target, a, op.constant(second), carryInOf(op, adder), adder.setsCarry);
    },
  });

const adders = [
  instruction({
    mnemonic: 'addi',
    encoding: '14:6 rt ra0 si',
    assembly: 'rt,ra0,si',
    aliases: [{ mnemonic: 'li', assembly: 'rt,si', when: { ra0: 0 } }],
    meaning: (op, { rt, ra0, si }) => op.setGpr(rt, op.add(op.gpr(ra0), op.operand(si))),
  }),
  instruction({
    mnemonic: 'addis',
    encoding: '15:6 rt ra0 si',
    assembly: 'rt,ra0,si',
    aliases: [{ mnemonic: 'lis', assembly: 'rt,si', when: { ra0: 0 } }],
    meaning: (op, { rt, ra0, si }) => op.setGpr(rt, op.add(op.gpr(ra0), op.shiftLeft(op.operand(si), op.constant(16)))),
  }),
  instruction({
    mnemonic: 'addic',
    encoding: '12:6 rt ra si',
    assembly: 'rt,ra,si',
    meaning: (op, { rt, ra, si }) => addWithCarry(op, { rt, rc: 0 }, op.gpr(ra), op.operand(si), op.constant(0), true),
  }),
  instruction({
    mnemonic: 'addic.',
    encoding: '13:6 rt ra si',
    assembly: 'rt,ra,si',
    meaning: (op, { rt, ra, si }) => addWithCarry(op, { rt, rc: 1 }, op.gpr(ra), op.operand(si), op.constant(0), true),
  }),
  instruction({
    mnemonic: 'subfic',
    encoding: '8:6 rt ra si',
    assembly: 'rt,ra,si',
    meaning: (op, { rt, ra, si }) =>
      addWithCarry(op, { rt, rc: 0 }, invert(op, op.gpr(ra)), op.operand(si), op.constant(1), true),
  }),
  addRegisters('add', 266, { carryIn: 'none', setsCarry: false }),
  addRegisters('addc', 10, { carryIn: 'none', setsCarry: true }),
  addRegisters('adde', 138, { carryIn: 'ca', setsCarry: true }),
  addRegisters('subf', 40, { subtract: true, carryIn: 'one', setsCarry: false }),
  addRegisters('subfc', 8, { subtract: true, carryIn: 'one', setsCarry: true }),
  addRegisters('subfe', 136, { subtract: true, carryIn: 'ca', setsCarry: true }),
  addConstant('addme', 234, -1, { carryIn: 'ca', setsCarry: true }),
  addConstant('addze', 202, 0, { carryIn: 'ca', setsCarry: true }),
  addConstant('subfme', 232, -1, { subtract: true, carryIn: 'ca', setsCarry: true }),
  addConstant('subfze', 200, 0, { subtract: true, carryIn: 'ca', setsCarry: true }),
  addConstant('neg', 104, 0, { subtract: true, carryIn: 'one', setsCarry: false }),
];

/** Bits 0 to 31 of mulhw's and mulhwu's result are undefined: ours are 0. */
const highWord = <S extends Sorts>(op: Operations<S>, product: S['value']): S['value'] =>
  op.shiftRight(product, op.constant(32));

const multipliers = [
  instruction({
    mnemonic: 'mulli',
    encoding: '7:6 rt ra si',
    assembly: 'rt,ra,si',
    meaning: (op, { rt, ra, si }) => op.setGpr(rt, op.multiply(op.gpr(ra), op.operand(si))),
  }),
  instruction({
    mnemonic: 'mullw',
    encoding: '31:6 rt ra rb oe 235:9 rc',
    assembly: 'rt,ra,rb',
    meaning: (op, { rt, ra, rb, oe, rc }) => {
      const product = op.multiply(op.signExtend(op.gpr(ra), 32), op.signExtend(op.gpr(rb), 32));
      if (oe) setOverflow(op, op.not(op.equal(product, op.signExtend(product, 32))));
      setResult(op, rt, product, rc);
    },
  }),
  instruction({
    mnemonic: 'mulhw',
    encoding: '31:6 rt ra rb /:1 75:9 rc',
    assembly: 'rt,ra,rb',
    meaning: (op, { rt, ra, rb, rc }) => {
      const product = op.multiply(op.signExtend(op.gpr(ra), 32), op.signExtend(op.gpr(rb), 32));
      setResult(op, rt, highWord(op, product), rc);
    },
  }),
  instruction({
    mnemonic: 'mulhwu',
    encoding: '31:6 rt ra rb /:1 11:9 rc',
    assembly: 'rt,ra,rb',
    meaning: (op, { rt, ra, rb, rc }) => {
      const product = op.multiply(low32(op, op.gpr(ra)), low32(op, op.gpr(rb)));
      setResult(op, rt, highWord(op, product), rc);
    },
  }),
  instruction({
    mnemonic: 'mulld',
    encoding: '31:6 rt ra rb oe 233:9 rc',
    assembly: 'rt,ra,rb',
    meaning: (op, { rt, ra, rb, oe, rc }) => {
      const a = op.gpr(ra);
      const b = op.gpr(rb);
      const product = op.multiply(a, b);
      if (oe) {
        const signs = op.shiftRightSigned(product, op.constant(63));
        setOverflow(op, op.not(op.equal(op.multiplyHighSigned(a, b), signs)));
      }
      setResult(op, rt, product, rc);
    },
  }),
  instruction({
    mnemonic: 'mulhd',
    encoding: '31:6 rt ra rb /:1 73:9 rc',
    assembly: 'rt,ra,rb',
    meaning: (op, { rt, ra, rb, rc }) => setResult(op, rt, op.multiplyHighSigned(op.gpr(ra), op.gpr(rb)), rc),
  }),
  instruction({
    mnemonic: 'mulhdu',
    encoding: '31:6 rt ra rb /:1 9:9 rc',
    assembly: 'rt,ra,rb',
    meaning: (op, { rt, ra, rb, rc }) => setResult(op, rt, op.multiplyHighUnsigned(op.gpr(ra), op.gpr(rb)), rc),
  }),
];

export const fixedPointArithmetic = [...adders, ...multipliers];
