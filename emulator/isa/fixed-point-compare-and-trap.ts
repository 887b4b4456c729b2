import type { Sorts } from '../operations/arithmetic';
import type { Operations } from '../operations/instruction-operations';
import type { Alias } from './assembly';
import { low32, setOrder } from './idioms';
import { instruction } from './instruction';

const signedOperand = <S extends Sorts>(op: Operations<S>, value: S['value'], l: number) =>
  l ? value : op.signExtend(value, 32);
const unsignedOperand = <S extends Sorts>(op: Operations<S>, value: S['value'], l: number) =>
  l ? value : low32(op, value);

/** TO chooses, by one bit each, the orders of a and b that trap. */
function trapOnOrder<S extends Sorts>(op: Operations<S>, to: number, a: S['value'], b: S['value']): void {
  const orders: readonly [bit: number, order: () => S['condition']][] = [
    [16, () => op.lessSigned(a, b)],
    [8, () => op.lessSigned(b, a)],
    [4, () => op.equal(a, b)],
    [2, () => op.lessUnsigned(a, b)],
    [1, () => op.lessUnsigned(b, a)],
  ];
  const chosen = orders.filter(([bit]) => to & bit).map(([, order]) => order());
  if (chosen.length > 0) op.trap(chosen.reduce((any, one) => op.either(any, one)));
}

/** cmpw and cmpd, and their like. */
const comparisonAliases = (before: string, after: string, operands: string): Alias<{ readonly l: number }>[] => [
  { mnemonic: `${before}w${after}`, assembly: `bf?,${operands}`, when: { l: 0 } },
  { mnemonic: `${before}d${after}`, assembly: `bf?,${operands}`, when: { l: 1 } },
];

/** What GNU calls the values of TO that it has names for. */
const orderNames: Readonly<Record<number, string>> = {
  1: 'lgt',
  2: 'llt',
  4: 'eq',
  5: 'lge',
  6: 'lle',
  8: 'gt',
  12: 'ge',
  16: 'lt',
  20: 'le',
  24: 'ne',
  31: 'u',
};
const trapAliases = (before: string, after: string, operands: string): Alias<{ readonly to: number }>[] =>
  Object.entries(orderNames).map(([to, name]) => ({
    mnemonic: `${before}${name}${after}`,
    assembly: operands,
    when: { to: Number(to) },
  }));

export const fixedPointCompareAndTrap = [
  instruction({
    mnemonic: 'cmpi',
    encoding: '11:6 bf /:1 l ra si',
    assembly: 'bf,l,ra,si',
    aliases: comparisonAliases('cmp', 'i', 'ra,si'),
    meaning: (op, { bf, l, ra, si }) => setOrder(op, bf, signedOperand(op, op.gpr(ra), l), op.operand(si)),
  }),
  instruction({
    mnemonic: 'cmpli',
    encoding: '10:6 bf /:1 l ra ui',
    assembly: 'bf,l,ra,ui',
    aliases: comparisonAliases('cmpl', 'i', 'ra,ui'),
    meaning: (op, { bf, l, ra, ui }) =>
      setOrder(op, bf, unsignedOperand(op, op.gpr(ra), l), op.operand(ui), 'unsigned'),
  }),
  instruction({
    mnemonic: 'cmp',
    encoding: '31:6 bf /:1 l ra rb 0:10 /:1',
    assembly: 'bf,l,ra,rb',
    aliases: comparisonAliases('cmp', '', 'ra,rb'),
    meaning: (op, { bf, l, ra, rb }) =>
      setOrder(op, bf, signedOperand(op, op.gpr(ra), l), signedOperand(op, op.gpr(rb), l)),
  }),
  instruction({
    mnemonic: 'cmpl',
    encoding: '31:6 bf /:1 l ra rb 32:10 /:1',
    assembly: 'bf,l,ra,rb',
    aliases: comparisonAliases('cmpl', '', 'ra,rb'),
    meaning: (op, { bf, l, ra, rb }) =>
      setOrder(op, bf, unsignedOperand(op, op.gpr(ra), l), unsignedOperand(op, op.gpr(rb), l), 'unsigned'),
  }),
  instruction({
    mnemonic: 'isel',
    encoding: '31:6 rt ra0 rb bc 15:5 /:1',
    assembly: 'rt,ra0,rb,bc',
    aliases: [
      { mnemonic: 'isellt', assembly: 'rt,ra0,rb', when: { bc: 0 } },
      { mnemonic: 'iselgt', assembly: 'rt,ra0,rb', when: { bc: 1 } },
      { mnemonic: 'iseleq', assembly: 'rt,ra0,rb', when: { bc: 2 } },
    ],
    meaning: (op, { rt, ra0, rb, bc }) => op.setGpr(rt, op.select(op.crBit(bc), op.gpr(ra0), op.gpr(rb))),
  }),
  instruction({
    mnemonic: 'twi',
    encoding: '3:6 to ra si',
    assembly: 'to,ra,si',
    aliases: trapAliases('tw', 'i', 'ra,si'),
    meaning: (op, { to, ra, si }) => trapOnOrder(op, to, op.signExtend(op.gpr(ra), 32), op.operand(si)),
  }),
  instruction({
    mnemonic: 'tdi',
    encoding: '2:6 to ra si',
    assembly: 'to,ra,si',
    aliases: trapAliases('td', 'i', 'ra,si'),
    meaning: (op, { to, ra, si }) => trapOnOrder(op, to, op.gpr(ra), op.operand(si)),
  }),
  instruction({
    mnemonic: 'tw',
    encoding: '31:6 to ra rb 4:10 /:1',
    assembly: 'to,ra,rb',
    aliases: [{ mnemonic: 'trap', assembly: '', when: { to: 31, ra: 0, rb: 0 } }, ...trapAliases('tw', '', 'ra,rb')],
    meaning: (op, { to, ra, rb }) => trapOnOrder(op, to, op.signExtend(op.gpr(ra), 32), op.signExtend(op.gpr(rb), 32)),
  }),
  instruction({
    mnemonic: 'td',
    encoding: '31:6 to ra rb 68:10 /:1',
    assembly: 'to,ra,rb',
    aliases: trapAliases('td', '', 'ra,rb'),
    meaning: (op, { to, ra, rb }) => trapOnOrder(op, to, op.gpr(ra), op.gpr(rb)),
  }),
];
