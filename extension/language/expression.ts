/** Expressions of the assembler that are numbers, whatever the linker does. */

/** What a name stands for, as text; undefined for one that only the linker knows. */
export type Lookup = (name: string) => string | undefined;

const tokenPattern = /\s*(0x[0-9a-f]+|0b[01]+|\d+|'\\?.'?|[\w.$\\]+|<<|>>|[-+*/%&|^~()])/giy;
const precedence: Readonly<Record<string, number>> = {
  '*': 3,
  '/': 3,
  '%': 3,
  '<<': 3,
  '>>': 3,
  '|': 2,
  '&': 2,
  '^': 2,
  '+': 1,
  '-': 1,
};
/** Longest chain of names that stand for each other. */
const DEEPEST = 8;

/** The number that an expression is; undefined where it has a name in it that is not known, or is no expression. */
export function evaluate(text: string, lookup: Lookup = () => undefined, depth = 0): bigint | undefined {
  const tokens = [...text.trim().matchAll(tokenPattern)].map((match) => match[1] ?? '');
  if (tokens.length === 0 || tokens.join('') !== text.replace(/\s+/g, '')) return undefined;
  let at = 0;

  const primary = (): bigint | undefined => {
    const token = tokens[at++];
    if (token === undefined) return undefined;
    if (token === '(') {
      const value = sum(1);
      return tokens[at++] === ')' ? value : undefined;
    }
    if (token === '-' || token === '~' || token === '+') {
      const value = primary();
      if (value === undefined) return undefined;
      return token === '-' ? -value : token === '~' ? ~value : value;
    }
    if (token.startsWith("'")) return BigInt(token.replace(/^'\\?/, '').charCodeAt(0));
    if (/^0[0-7]+$/.test(token)) return BigInt(`0o${token.slice(1)}`);
    if (/^\d/.test(token)) return /^(0x[0-9a-f]+|0b[01]+|\d+)$/i.test(token) ? BigInt(token) : undefined;
    const meant = depth < DEEPEST ? lookup(token) : undefined;
    return meant === undefined ? undefined : evaluate(meant, lookup, depth + 1);
  };
  const sum = (least: number): bigint | undefined => {
    let left = primary();
    for (let sign = tokens[at]; left !== undefined && sign !== undefined; sign = tokens[at]) {
      const level = precedence[sign];
      if (level === undefined || level < least) break;
      at++;
      const right = sum(level + 1);
      left = right === undefined ? undefined : apply(sign, left, right);
    }
    return left;
  };
  const value = sum(1);
  return at === tokens.length ? value : undefined;
}

/** Shifts beyond what an assembler's number holds would only take memory. */
const WIDEST_SHIFT = 64n;
function apply(sign: string, a: bigint, b: bigint): bigint | undefined {
  switch (sign) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return BigInt.asIntN(128, a * b);
    case '/':
      return b === 0n ? undefined : a / b;
    case '%':
      return b === 0n ? undefined : a % b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return b < 0n || b > WIDEST_SHIFT ? undefined : BigInt.asIntN(128, a << b);
    case '>>':
      return b < 0n || b > WIDEST_SHIFT ? undefined : a >> b;
    default:
      return undefined;
  }
}
