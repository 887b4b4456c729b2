/** Reads expressions of C: all operators but assignment, increments, calls and the comma. */
import { ExpressionError } from '../conditions/expression';
import { binaryLevels, type BinaryOperator, type CExpression, type TypeSyntax, type UnaryOperator } from './syntax';
import { tokens, type Token } from './tokens';

/** Whether a name is a type's: what stands in parentheses is a cast then. */
export type IsTypeName = (name: string) => boolean;

/** The words that C's own types are made of. */
const typeWords = new Set([
  'void',
  'char',
  'short',
  'int',
  'long',
  'signed',
  'unsigned',
  'float',
  'double',
  '_Bool',
  'bool',
]);
const qualifierWords = new Set(['const', 'volatile', 'restrict']);
const tagWords = new Set(['struct', 'union', 'enum']);
const MAXIMUM_DEPTH = 100;

/** Throws an ExpressionError that names what is wrong. */
export function parseC(text: string, isTypeName: IsTypeName): CExpression {
  const parser = new Parser(text, isTypeName);
  return parser.all();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #isTypeName: IsTypeName;
  #at = 0;
  #depth = 0;

  constructor(text: string, isTypeName: IsTypeName) {
    this.#text = text;
    this.#tokens = tokens(text);
    this.#isTypeName = isTypeName;
  }

  all(): CExpression {
    const expression = this.#condition();
    if (this.#token.kind !== 'end') this.#fail();
    return expression;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }
  #fail(): never {
    const token = this.#token;
    const where = token.kind === 'end' ? 'at its end' : `at "${token.kind === 'character' ? "'" : token.text}"`;
    throw new ExpressionError(`"${this.#text}" cannot be read as an expression of C ${where}.`);
  }
  #isSign(sign: string): boolean {
    return this.#token.kind === 'sign' && this.#token.text === sign;
  }
  #accept(sign: string): boolean {
    const isIt = this.#isSign(sign);
    if (isIt) this.#at += 1;
    return isIt;
  }
  #expect(sign: string): void {
    if (!this.#accept(sign)) this.#fail();
  }
  #name(): string {
    const token = this.#token;
    if (token.kind !== 'name') return this.#fail();
    this.#at += 1;
    return token.text;
  }

  #condition(): CExpression {
    if ((this.#depth += 1) > MAXIMUM_DEPTH) throw new ExpressionError(`"${this.#text}" is nested too deeply.`);
    const test = this.#binary(0);
    let result = test;
    if (this.#accept('?')) {
      const yes = this.#condition();
      this.#expect(':');
      result = { kind: 'condition', test, yes, no: this.#condition() };
    }
    this.#depth -= 1;
    return result;
  }

  #binary(level: number): CExpression {
    const operators: readonly BinaryOperator[] | undefined = binaryLevels[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((one) => this.#isSign(one));
      if (!operator) return left;
      this.#at += 1;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): CExpression {
    const token = this.#token;
    if ((this.#depth += 1) > MAXIMUM_DEPTH) throw new ExpressionError(`"${this.#text}" is nested too deeply.`);
    const result = this.#unaryOf(token);
    this.#depth -= 1;
    return result;
  }
  #unaryOf(token: Token): CExpression {
    if (token.kind === 'sign' && ['+', '-', '!', '~', '*', '&'].includes(token.text)) {
      this.#at += 1;
      return { kind: 'unary', operator: token.text as UnaryOperator, operand: this.#unary() };
    }
    // "&&" before an operand is two of them, and not an operator of C.
    if (token.kind === 'name' && token.text === 'sizeof') return this.#sizeOf();
    if (this.#isSign('(') && this.#startsType(this.#at + 1)) {
      this.#at += 1;
      const type = this.#type();
      this.#expect(')');
      return { kind: 'cast', type, operand: this.#unary() };
    }
    return this.#postfix(this.#primary());
  }

  #sizeOf(): CExpression {
    this.#at += 1;
    if (this.#isSign('(') && this.#startsType(this.#at + 1)) {
      this.#at += 1;
      const type = this.#type();
      this.#expect(')');
      return { kind: 'size-of', of: type };
    }
    return { kind: 'size-of', of: this.#unary() };
  }

  #postfix(object: CExpression): CExpression {
    let result = object;
    for (;;) {
      if (this.#accept('.')) result = { kind: 'member', object: result, name: this.#name(), isArrow: false };
      else if (this.#accept('->')) result = { kind: 'member', object: result, name: this.#name(), isArrow: true };
      else if (this.#accept('[')) {
        result = { kind: 'index', object: result, index: this.#condition() };
        this.#expect(']');
      } else return result;
    }
  }

  #primary(): CExpression {
    const token = this.#token;
    this.#at += 1;
    switch (token.kind) {
      case 'number':
        return numberExpression(token.text);
      case 'character':
        return { kind: 'character', value: token.value };
      case 'register':
        return { kind: 'register', name: token.text };
      case 'name':
        return { kind: 'name', name: token.text };
      case 'sign':
        if (token.text === '(') {
          const inner = this.#condition();
          this.#expect(')');
          return inner;
        }
        break;
      case 'end':
    }
    this.#at -= 1;
    return this.#fail();
  }

  #startsType(at: number): boolean {
    const token = this.#tokens[at];
    if (token?.kind !== 'name') return false;
    const { text } = token;
    if (typeWords.has(text) || qualifierWords.has(text) || tagWords.has(text)) return true;
    // A name in parentheses is a type's only where nothing but stars and brackets follows it.
    const next = this.#tokens[at + 1];
    return next?.kind === 'sign' && [')', '*', '['].includes(next.text) && this.#isTypeName(text);
  }

  #type(): TypeSyntax {
    const base = this.#typeBase();
    let pointers = 0;
    for (;;) {
      if (this.#accept('*')) pointers += 1;
      else if (!this.#skipQualifier()) break;
    }
    const counts: number[] = [];
    while (this.#accept('[')) {
      const token = this.#token;
      if (token.kind !== 'number' || !/^(0[xX][0-9a-fA-F]+|\d+)$/.test(token.text)) return this.#fail();
      counts.push(Number(token.text));
      this.#at += 1;
      this.#expect(']');
    }
    return { kind: 'type', base, pointers, counts };
  }
  #skipQualifier(): boolean {
    const token = this.#token;
    const isIt = token.kind === 'name' && qualifierWords.has(token.text);
    if (isIt) this.#at += 1;
    return isIt;
  }
  #typeBase(): TypeSyntax['base'] {
    while (this.#skipQualifier());
    const first = this.#name();
    if (first === 'struct' || first === 'union' || first === 'enum') {
      const base = { kind: 'tagged', tag: first, name: this.#name() } as const;
      while (this.#skipQualifier());
      return base;
    }
    if (!typeWords.has(first)) {
      while (this.#skipQualifier());
      return { kind: 'name', name: first };
    }
    const words = [first];
    for (let token = this.#token; token.kind === 'name'; token = this.#token) {
      if (typeWords.has(token.text)) words.push(token.text);
      else if (!qualifierWords.has(token.text)) break;
      this.#at += 1;
    }
    return { kind: 'words', words };
  }
}

function numberExpression(text: string): CExpression {
  const [, digits = '', suffix = ''] = /^(0[xX][0-9a-fA-F]+|[\d.]+(?:[eE][+-]?\d+)?)([uUlLfF]*)$/.exec(text) ?? [];
  if (/^0[xX]/.test(digits) || /^\d+$/.test(digits)) {
    const isOctal = /^0[0-7]+$/.test(digits);
    const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
    if (value >= 1n << 64n) throw new ExpressionError(`${text} does not fit into 64 bits.`);
    return { kind: 'number', value, isUnsigned: /u/i.test(suffix), isLong: /l/i.test(suffix) };
  }
  return { kind: 'float', value: Number(digits) };
}
