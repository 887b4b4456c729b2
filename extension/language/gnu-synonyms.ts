/** Names that GNU as has for instructions of the table, beside those that the disassembler writes. */

export interface Synonym {
  readonly mnemonic: string;
  readonly operands: readonly string[];
}
type Rewrite = (operands: readonly string[], match: RegExpExecArray) => Synonym;

const number = (text: string | undefined): number => Number(text ?? NaN);
const rename =
  (name: (match: RegExpExecArray) => string): Rewrite =>
  (operands, match) => ({ mnemonic: name(match), operands });
/** A rotation of two registers and two numbers. */
const rotation =
  (mnemonic: string, numbers: (n: number, b: number) => readonly number[]): Rewrite =>
  ([ra = '', rs = '', n, b, ...others], match) => ({
    mnemonic: mnemonic + (match[1] ?? ''),
    operands: [ra, rs, ...numbers(number(n), number(b)).map(String), ...others],
  });

const relations: Readonly<Record<string, string>> = { ng: 'le', nl: 'ge', un: 'so', nu: 'ns' };

/** Power ISA Book I appendix E, as far as the table does not have them. */
const rules: readonly (readonly [pattern: RegExp, rewrite: Rewrite])[] = [
  [
    /^b(ng|nl|un|nu)((?:ctr|lr|tar)?l?a?[+-]?)$/,
    rename(([, relation = '', rest = '']) => `b${relations[relation] ?? ''}${rest}`),
  ],
  [
    /^b([tf])(l?a?)[+-]?$/,
    (operands, [, sense, rest = '']) => ({
      mnemonic: `bc${rest}`,
      operands: [sense === 't' ? '12' : '4', ...operands],
    }),
  ],
  [
    /^b([tf])(ctr|lr|tar)(l?)[+-]?$/,
    (operands, [, sense, place = '', link = '']) => ({
      mnemonic: `bc${place}${link}`,
      operands: [sense === 't' ? '12' : '4', ...operands],
    }),
  ],
  [
    /^(t[wd])(lng|lnl|ng|nl)(i?)$/,
    rename(
      ([, size = '', relation = '', immediate = '']) =>
        `${size}${{ lng: 'lle', lnl: 'lge', ng: 'le', nl: 'ge' }[relation] ?? ''}${immediate}`,
    ),
  ],
  [
    /^m([tf])sprg([0-3])$/,
    (operands, [, way, index = '']) => ({
      mnemonic: `m${way ?? ''}sprg`,
      operands: way === 't' ? [index, ...operands] : [...operands, index],
    }),
  ],
  [/^mftbl$/, rename(() => 'mftb')],
  [
    /^sub(is|i|ic\.?)$/,
    ([rt = '', ra = '', value], [, rest = '']) => ({
      mnemonic: `add${rest}`,
      operands: [rt, ra, String(-number(value))],
    }),
  ],
  [/^la$/, ([rt = '', d = '', ra = '']) => ({ mnemonic: 'addi', operands: [rt, ra, d] })],
  [
    /^v(cfpsxws|cfpuxws|csxwfp|cuxwfp)$/,
    rename(([, name = '']) => ({ cfpsxws: 'vctsxs', cfpuxws: 'vctuxs', csxwfp: 'vcfsx', cuxwfp: 'vcfux' })[name] ?? ''),
  ],
  [
    /^sub(c?o?\.?)$/,
    ([rt = '', ra = '', rb = ''], [, rest = '']) => ({ mnemonic: `subf${rest}`, operands: [rt, rb, ra] }),
  ],
  [/^extldi(\.?)$/, rotation('rldicr', (n, b) => [b, n - 1])],
  [/^extrdi(\.?)$/, rotation('rldicl', (n, b) => [(b + n) % 64, 64 - n])],
  [/^insrdi(\.?)$/, rotation('rldimi', (n, b) => [64 - (b + n), b])],
  [/^extlwi(\.?)$/, rotation('rlwinm', (n, b) => [b, 0, n - 1])],
  [/^extrwi(\.?)$/, rotation('rlwinm', (n, b) => [(b + n) % 32, 32 - n, 31])],
  [/^inslwi(\.?)$/, rotation('rlwimi', (n, b) => [(32 - b) % 32, b, b + n - 1])],
  [/^insrwi(\.?)$/, rotation('rlwimi', (n, b) => [32 - (b + n), b, b + n - 1])],
  [
    /^rotrdi(\.?)$/,
    ([ra = '', rs = '', n], match) => ({
      mnemonic: `rldicl${match[1] ?? ''}`,
      operands: [ra, rs, String((64 - number(n)) % 64), '0'],
    }),
  ],
  [
    /^rotrwi(\.?)$/,
    ([ra = '', rs = '', n], match) => ({
      mnemonic: `rlwinm${match[1] ?? ''}`,
      operands: [ra, rs, String((32 - number(n)) % 32), '0', '31'],
    }),
  ],
  [/^clrlsldi(\.?)$/, rotation('rldic', (b, n) => [n, b - n])],
  [/^clrlslwi(\.?)$/, rotation('rlwinm', (b, n) => [n, b - n, 31 - n])],
];

/** The same in a name that the table has; undefined where GNU as has no such name either. */
export function synonym(mnemonic: string, operands: readonly string[]): Synonym | undefined {
  for (const [pattern, rewrite] of rules) {
    const match = pattern.exec(mnemonic);
    if (match) return rewrite(operands, match);
  }
  return undefined;
}

/** rlwinm and its kin with the mask itself in place of its first and last bit, as GNU as takes them. */
export function maskForm(mnemonic: string, operands: readonly string[]): Synonym | undefined {
  const [ra = '', rs = '', amount = '', text = ''] = operands;
  if (!/^rlw(inm|imi|nm)\.?$/.test(mnemonic) || operands.length !== 4 || !/^-?\d+$/.test(text)) return undefined;
  const mask = BigInt.asUintN(32, BigInt(text));
  // Of a mask that wraps around, the zeros are contiguous.
  const wraps = (mask & 0x8000_0001n) === 0x8000_0001n && mask !== 0xffff_ffffn;
  const run = (wraps ? BigInt.asUintN(32, ~mask) : mask).toString(2).padStart(32, '0');
  if (!/^0*1+0*$/.test(run)) return undefined;
  const [first, last] = [run.indexOf('1'), run.lastIndexOf('1')];
  const bounds = wraps ? [last + 1, first - 1] : [first, last];
  return { mnemonic, operands: [ra, rs, amount, ...bounds.map(String)] };
}
