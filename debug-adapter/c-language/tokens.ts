import { ExpressionError } from '../conditions/expression';

export type Token =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'character'; readonly value: bigint }
  | { readonly kind: 'name' | 'register' | 'sign'; readonly text: string }
  | { readonly kind: 'end'; readonly text: '' };

const patterns = {
  space: /\s+/y,
  number: /(?:0[xX][0-9a-fA-F]+|\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+)[uUlLfF]*/y,
  character: /'(\\[abfnrtv0\\'"]|\\x[0-9a-fA-F]{1,2}|\\[0-7]{1,3}|[^'\\])'/y,
  register: /\$(\w+)/y,
  name: /[A-Za-z_][A-Za-z0-9_]*/y,
  sign: /->|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>()[\].?:]/y,
};

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The words and signs of an expression; throws an ExpressionError at what is neither. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const result = pattern.exec(text);
    if (!result) return undefined;
    at += result[0].length;
    return result;
  };
  while (at < text.length) {
    if (match(patterns.space)) continue;
    const token = nextToken(match);
    if (!token) throw new ExpressionError(`"${text}" cannot be read at "${text.slice(at)}".`);
    found.push(token);
  }
  return [...found, { kind: 'end', text: '' }];
}

function nextToken(match: (pattern: RegExp) => RegExpExecArray | undefined): Token | undefined {
  const number = match(patterns.number);
  if (number) return { kind: 'number', text: number[0] };
  const character = match(patterns.character);
  if (character) return { kind: 'character', value: characterValue(character[1]!) };
  const register = match(patterns.register);
  if (register) return { kind: 'register', text: register[1]! };
  const name = match(patterns.name);
  if (name) return { kind: 'name', text: name[0] };
  const sign = match(patterns.sign);
  return sign && { kind: 'sign', text: sign[0] };
}

function characterValue(text: string): bigint {
  if (!text.startsWith('\\')) return BigInt(text.codePointAt(0) ?? 0);
  const rest = text.slice(1);
  if (rest.startsWith('x')) return BigInt(parseInt(rest.slice(1), 16));
  if (/^[0-7]/.test(rest)) return BigInt(parseInt(rest, 8));
  return BigInt(escapes[rest] ?? rest.codePointAt(0) ?? 0);
}
