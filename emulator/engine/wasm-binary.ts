/** Just enough of the WebAssembly binary format for functions over one imported memory. */
export type Code = readonly number[];
export const valueType = { i32: 0x7f, i64: 0x7e } as const;
export type ValueType = keyof typeof valueType;

const opcodes = {
  unreachable: 0x00,
  return: 0x0f,
  select: 0x1b,
  end: 0x0b,
  else: 0x05,
  'i32.eqz': 0x45,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i64.eqz': 0x50,
  'i64.eq': 0x51,
  'i64.ne': 0x52,
  'i64.lt_u': 0x54,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_u': 0xad,
} as const;
const accesses = {
  'i64.load': 0x29,
  'i64.load8_u': 0x31,
  'i64.load32_u': 0x35,
  'i64.store': 0x37,
  'i64.store8': 0x3c,
  'i64.store32': 0x3e,
} as const;

function leb(value: bigint): number[] {
  const out: number[] = [];
  for (let rest = value; ;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && byte < 0x40) || (rest === -1n && byte >= 0x40)) return [...out, byte];
    out.push(byte | 0x80);
  }
}
const unsignedLeb = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsignedLeb(value >>> 7)];

export const op = (...names: (keyof typeof opcodes)[]): Code => names.map((name) => opcodes[name]);
export const i32 = (value: number): Code => [0x41, ...leb(BigInt(value | 0))];
export const i64 = (value: bigint | number): Code => [0x42, ...leb(BigInt.asIntN(64, BigInt(value)))];
/** An access at a constant distance from the address on the stack; the alignment hint is always the least. */
export const access = (name: keyof typeof accesses, offset = 0): Code => [accesses[name], 0, ...unsignedLeb(offset)];

/** A function's code as it is written. */
export class FunctionBody {
  readonly #code: number[] = [];
  readonly #locals: ValueType[] = [];
  readonly #parameters: readonly ValueType[];
  #depth = 0;

  constructor(parameters: readonly ValueType[]) {
    this.#parameters = parameters;
  }
  get parameters(): readonly ValueType[] {
    return this.#parameters;
  }

  emit(...parts: Code[]): void {
    for (const part of parts) for (const byte of part) this.#code.push(byte);
  }
  /** Computes something into a fresh local, and gives its number. */
  local(type: ValueType, ...parts: Code[]): number {
    const number = this.#parameters.length + this.#locals.push(type) - 1;
    this.emit(...parts);
    this.set(number);
    return number;
  }
  get(local: number): Code {
    return [0x20, ...unsignedLeb(local)];
  }
  set(local: number): void {
    this.emit([0x21, ...unsignedLeb(local)]);
  }

  /** Opens a block; the label that it returns is for the branches. A branch to a loop's label repeats it. */
  open(kind: 'block' | 'loop' | 'if'): number {
    this.emit([{ block: 0x02, loop: 0x03, if: 0x04 }[kind], 0x40]);
    return ++this.#depth;
  }
  close(): void {
    this.emit(op('end'));
    this.#depth--;
  }
  branch(label: number): void {
    this.emit([0x0c, ...unsignedLeb(this.#depth - label)]);
  }
  branchIf(label: number): void {
    this.emit([0x0d, ...unsignedLeb(this.#depth - label)]);
  }

  bytes(): Code {
    const locals = this.#locals.flatMap((type) => [1, valueType[type]]);
    const code = [...unsignedLeb(this.#locals.length), ...locals, ...this.#code, ...op('unreachable', 'end')];
    return [...unsignedLeb(code.length), ...code];
  }
}

/** A module over the memory `state.memory`, whose exported functions each return an i32. */
export function moduleOf(functions: Readonly<Record<string, FunctionBody>>): Uint8Array<ArrayBuffer> {
  const vector = (items: readonly Code[]): number[] => [...unsignedLeb(items.length), ...items.flat()];
  const text = (name: string) => vector(Array.from(name, (character) => [character.charCodeAt(0)]));
  const section = (number: number, content: Code): number[] => [number, ...unsignedLeb(content.length), ...content];
  const entries = Object.entries(functions);
  const types = entries.map(([, body]) => [
    0x60,
    ...vector(body.parameters.map((type) => [valueType[type]])),
    ...vector([[valueType.i32]]),
  ]);
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...text('state'), ...text('memory'), 2, 0, 1]])),
    ...section(3, vector(entries.map((_, index) => unsignedLeb(index)))),
    ...section(7, vector(entries.map(([name], index) => [...text(name), 0, ...unsignedLeb(index)]))),
    ...section(10, vector(entries.map(([, body]) => body.bytes()))),
  ]);
}
