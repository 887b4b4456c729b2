import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Operand } from '../operations/operand';
import { isNegative, isZero, low32, negate, setOverflow, setResult } from './idioms';
import { instruction } from './instruction';

interface Target {
  readonly rt: Operand<'gpr'>;
  readonly oe: number;
  readonly rc: number;
}
/** A quotient, and when there is none. */
interface Division<S extends Sorts> {
  readonly quotient: S['value'];
  readonly undefinedWhen: S['condition'];
}
/** Divides a and b, as wide as the instruction says. */
type Divide = <S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']) => Division<S>;

/** The manual leaves the quotient undefined where there is none; ours is 0, so that a run can be repeated. */
function setQuotient<S extends Sorts>(op: Operations<S>, { rt, oe, rc }: Target, division: Division<S>): void {
  if (oe) setOverflow(op, division.undefinedWhen);
  setResult(op, rt, op.select(division.undefinedWhen, op.constant(0), division.quotient), rc);
}

/** A divisor that the operation can bear. */
const safe = <S extends Sorts>(op: Operations<S>, undefinedWhen: S['condition'], divisor: S['value']): S['value'] =>
  op.select(undefinedWhen, op.constant(1), divisor);

function divideSigned<S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']): Division<S> {
  const tooLarge = op.both(op.equal(a, op.constant(-(2n ** 63n))), op.equal(b, op.constant(-1)));
  const undefinedWhen = op.either(isZero(op, b), tooLarge);
  return { quotient: op.divideSigned(a, safe(op, undefinedWhen, b)), undefinedWhen };
}
function divideUnsigned<S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']): Division<S> {
  const undefinedWhen = isZero(op, b);
  return { quotient: op.divideUnsigned(a, safe(op, undefinedWhen, b)), undefinedWhen };
}

/** A signed quotient that has to fit in a word; bits 0 to 31 of the result are undefined: ours are 0. */
function inWord<S extends Sorts>(op: Operations<S>, { quotient, undefinedWhen }: Division<S>): Division<S> {
  const fits = op.equal(quotient, op.signExtend(quotient, 32));
  return { quotient: low32(op, quotient), undefinedWhen: op.either(undefinedWhen, op.not(fits)) };
}

/**
 * High doubleword a, low doubleword zero, divided by b, where a < b: two digits of 32 bits each, as in Knuth's
 * algorithm D. Each is guessed from the divisor's upper half and is at most two too large.
 */
function divideExtended<S extends Sorts>(op: Operations<S>, a: S['value'], b: S['value']): S['value'] {
  const half = op.constant(32);
  const shift = op.countLeadingZeros(b);
  const divisor = op.shiftLeft(b, shift);
  const upper = op.shiftRight(divisor, half);
  const lower = low32(op, divisor);
  const digit = (remainder: S['value']) => {
    const refine = (guess: S['value'], rest: S['value']) => {
      const restFits = isZero(op, op.shiftRight(rest, half));
      const tooLarge = op.either(
        op.not(isZero(op, op.shiftRight(guess, half))),
        op.lessUnsigned(op.shiftLeft(rest, half), op.multiply(guess, lower)),
      );
      const correct = op.both(restFits, tooLarge);
      return [
        op.select(correct, op.subtract(guess, op.constant(1)), guess),
        op.select(correct, op.add(rest, upper), rest),
      ] as const;
    };
    const first = op.divideUnsigned(remainder, upper);
    const second = refine(first, op.subtract(remainder, op.multiply(first, upper)));
    const [value] = refine(...second);
    return [value, op.subtract(op.shiftLeft(remainder, half), op.multiply(value, divisor))] as const;
  };
  const [high, remainder] = digit(op.shiftLeft(a, shift));
  const [low] = digit(remainder);
  return op.or(op.shiftLeft(high, half), low);
}

const divideExtendedUnsigned: Divide = (op, a, b) => {
  const undefinedWhen = op.not(op.lessUnsigned(a, b));
  const dividend = op.select(undefinedWhen, op.constant(0), a);
  return { quotient: divideExtended(op, dividend, safe(op, undefinedWhen, b)), undefinedWhen };
};
const divideExtendedSigned: Divide = (op, a, b) => {
  const magnitude = (value: typeof a) => op.select(isNegative(op, value), negate(op, value), value);
  const { quotient, undefinedWhen } = divideExtendedUnsigned(op, magnitude(a), magnitude(b));
  const negative = isNegative(op, op.xor(a, b));
  const signed = op.select(negative, negate(op, quotient), quotient);
  const fits = op.either(
    isZero(op, quotient),
    op.both(op.either(negative, op.not(isNegative(op, signed))), op.either(op.not(negative), isNegative(op, signed))),
  );
  return { quotient: signed, undefinedWhen: op.either(undefinedWhen, op.not(fits)) };
};

const upperWord = <S extends Sorts>(op: Operations<S>, value: S['value']): S['value'] =>
  op.shiftLeft(value, op.constant(32));

const division = (mnemonic: string, extended: number, divide: Divide) =>
  instruction({
    mnemonic,
    encoding: `31:6 rt ra rb oe ${extended}:9 rc` as const,
    assembly: 'rt,ra,rb',
    meaning: (op, { ra, rb, ...target }) => setQuotient(op, target, divide(op, op.gpr(ra), op.gpr(rb))),
  });

/** Book I 3.3.8; the extended forms divide RA with as many zeros after it. */
export const fixedPointDivide = [
  division('divd', 489, divideSigned),
  division('divdu', 457, divideUnsigned),
  division('divw', 491, (op, a, b) => inWord(op, divideSigned(op, op.signExtend(a, 32), op.signExtend(b, 32)))),
  division('divwu', 459, (op, a, b) => divideUnsigned(op, low32(op, a), low32(op, b))),
  division('divde', 425, divideExtendedSigned),
  division('divdeu', 393, divideExtendedUnsigned),
  division('divwe', 427, (op, a, b) => inWord(op, divideSigned(op, upperWord(op, a), op.signExtend(b, 32)))),
  division('divweu', 395, (op, a, b) => {
    const { quotient, undefinedWhen } = divideUnsigned(op, upperWord(op, a), low32(op, b));
    const tooLarge = op.not(isZero(op, op.shiftRight(quotient, op.constant(32))));
    return { quotient, undefinedWhen: op.either(undefinedWhen, tooLarge) };
  }),
];
