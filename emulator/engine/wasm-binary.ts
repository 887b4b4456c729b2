/** Just enough of the WebAssembly binary format for functions over one imported memory. */
export type Code = readonly number[];
type Bytes = Code | Uint8Array;
export const valueType = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;
export type ValueType = keyof typeof valueType;

const opcodes = {
  unreachable: 0x00,
  return: 0x0f,
  select: 0x1b,
  end: 0x0b,
  else: 0x05,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_u': 0x49,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_u': 0x76,
  'i64.eqz': 0x50,
  'i64.eq': 0x51,
  'i64.ne': 0x52,
  'i64.lt_s': 0x53,
  'i64.lt_u': 0x54,
  'i64.clz': 0x79,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.div_s': 0x7f,
  'i64.div_u': 0x80,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.xor': 0x85,
  'i64.shl': 0x86,
  'i64.shr_s': 0x87,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_s': 0xac,
  'i64.extend_i32_u': 0xad,
  'i64.extend8_s': 0xc2,
  'i64.extend16_s': 0xc3,
  'i64.extend32_s': 0xc4,
} as const;
export type Opcode = keyof typeof opcodes;
const accesses = {
  'i32.load': 0x28,
  'i64.load': 0x29,
  'i32.load8_u': 0x2d,
  'i32.load16_u': 0x2f,
  'i64.load8_u': 0x31,
  'i64.load16_u': 0x33,
  'i64.load32_s': 0x34,
  'i64.load32_u': 0x35,
  'i32.store': 0x36,
  'i64.store': 0x37,
  'i32.store8': 0x3a,
  'i64.store8': 0x3c,
  'i64.store16': 0x3d,
  'i64.store32': 0x3e,
} as const;
export type MemoryAccess = keyof typeof accesses;

/** Of vectors; each follows the byte VECTOR. */
const vectorOpcodes = {
  'i8x16.swizzle': 0x0e,
  'i8x16.splat': 0x0f,
  'i64x2.splat': 0x12,
  'v128.and': 0x4e,
  'v128.or': 0x50,
  'v128.xor': 0x51,
} as const;
const vectorAccesses = { 'v128.load': 0x00, 'v128.store': 0x0b } as const;
/** What names a lane. */
const laneOpcodes = {
  'i8x16.extract_lane_s': 0x15,
  'i8x16.extract_lane_u': 0x16,
  'i8x16.replace_lane': 0x17,
  'i16x8.extract_lane_s': 0x18,
  'i16x8.extract_lane_u': 0x19,
  'i16x8.replace_lane': 0x1a,
  'i32x4.extract_lane': 0x1b,
  'i32x4.replace_lane': 0x1c,
  'i64x2.extract_lane': 0x1d,
  'i64x2.replace_lane': 0x1e,
} as const;
const VECTOR = 0xfd;

/** Signed LEB128 of a number of 32 bits. */
function smallLeb(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...out, rest & 0x7f];
    out.push((rest & 0x7f) | 0x80);
  }
}
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

export const op = (...names: Opcode[]): Code => names.map((name) => opcodes[name]);
export const i32 = (value: number): Code => [0x41, ...smallLeb(value | 0)];
export const i64 = (value: bigint | number): Code => {
  const small = Number(value) | 0;
  return [0x42, ...(small === Number(value) ? smallLeb(small) : leb(BigInt.asIntN(64, BigInt(value))))];
};
/** An access at a constant distance from the address on the stack; the alignment hint is always the least. */
export const access = (name: MemoryAccess, offset = 0): Code => [accesses[name], 0, ...unsignedLeb(offset)];

/** Bytes as they come: far cheaper to copy than an array of numbers. */
class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }
  add(parts: readonly Bytes[]): void {
    for (const part of parts) {
      const end = this.#length + part.length;
      if (end > this.#bytes.length) this.#grow(end);
      // Most parts are a few bytes, for which set() costs more than the loop.
      if (part.length > 64) this.#bytes.set(part, this.#length);
      else for (let i = 0; i < part.length; i++) this.#bytes[this.#length + i] = part[i]!;
      this.#length = end;
    }
  }
  /** Takes back what was written from there on. */
  take(start: number): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(start, this.#length);
    this.#length = start;
    return taken;
  }
  #grow(least: number): void {
    const larger = new Uint8Array(Math.max(least, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

export const vectorOp = (...names: (keyof typeof vectorOpcodes)[]): Code =>
  names.flatMap((name) => [VECTOR, vectorOpcodes[name]]);
export const vectorAccess = (name: keyof typeof vectorAccesses, offset = 0): Code => [
  ...[VECTOR, vectorAccesses[name], 0],
  ...unsignedLeb(offset),
];
export const lane = (name: keyof typeof laneOpcodes, index: number): Code => [VECTOR, laneOpcodes[name], index];

/** A function's code as it is written. */
export class FunctionBody {
  readonly #code = new ByteWriter();
  readonly #locals: ValueType[];
  readonly #parameters: readonly ValueType[];
  readonly #idle: Record<ValueType, number[]> = { i32: [], i64: [], v128: [] };
  readonly #lent: [ValueType, number][] = [];
  #depth = 0;

  /** `locals`: of another function of these parameters, whose code will be copied into this one. */
  constructor(parameters: readonly ValueType[], locals: readonly ValueType[] = []) {
    this.#parameters = parameters;
    this.#locals = [...locals];
  }
  get parameters(): readonly ValueType[] {
    return this.#parameters;
  }
  get locals(): readonly ValueType[] {
    return this.#locals;
  }
  /** How many blocks are open. */
  get depth(): number {
    return this.#depth;
  }

  emit(...parts: Bytes[]): void {
    this.#code.add(parts);
  }
  newLocal(type: ValueType): number {
    return this.#parameters.length + this.#locals.push(type) - 1;
  }
  /** Computes something into a fresh local, and gives its number. */
  local(type: ValueType, ...parts: Code[]): number {
    const number = this.newLocal(type);
    this.#code.add(parts);
    this.set(number);
    return number;
  }
  /** Computes something into a local that is lent until `releaseKept`, and gives the code that pushes it again. */
  keep(type: ValueType, ...parts: Code[]): Code {
    const number = this.#idle[type].pop() ?? this.newLocal(type);
    this.#lent.push([type, number]);
    this.#code.add(parts);
    this.set(number);
    return this.get(number);
  }
  releaseKept(): void {
    for (const [type, number] of this.#lent.splice(0).reverse()) this.#idle[type].push(number);
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
  /** Does something that stands inside so many blocks more, which copied code has opened. */
  inside(blocks: number, then: () => void): void {
    this.#depth += blocks;
    then();
    this.#depth -= blocks;
  }
  branch(label: number): void {
    this.emit([0x0c, ...unsignedLeb(this.#depth - label)]);
  }
  branchIf(label: number): void {
    this.emit([0x0d, ...unsignedLeb(this.#depth - label)]);
  }
  /** Branches to the label whose number is on the stack. */
  branchTable(labels: readonly number[], otherwise: number): void {
    this.emit([0x0e, ...unsignedLeb(labels.length)]);
    for (const label of [...labels, otherwise]) this.emit(unsignedLeb(this.#depth - label));
  }
  /** A function of the module by its number, imports first; its arguments are on the stack. */
  call(number: number): void {
    this.emit([0x10, ...unsignedLeb(number)]);
  }
  /** Takes back what was written. */
  takeAll(): Uint8Array<ArrayBuffer> {
    return this.#code.take(0);
  }

  /** The function as a module holds it; afterwards nothing is left here. */
  finish(): Uint8Array<ArrayBuffer> {
    const locals = this.#locals.flatMap((type) => [1, valueType[type]]);
    const head = [...unsignedLeb(this.#locals.length), ...locals];
    this.emit(op('unreachable', 'end'));
    const out = new ByteWriter();
    out.add([unsignedLeb(head.length + this.#code.length), head, this.#code.take(0)]);
    return out.take(0);
  }
}

/** A function from outside, of these parameters; like all of ours it returns an i32. */
export interface FunctionImport {
  readonly name: string;
  readonly parameters: readonly ValueType[];
}

/**
 * A module over the memory `state.memory` and functions of `host`, whose exported functions each return an i32. A
 * function's number is its place in the imports, and after them in `functions`.
 */
export function moduleOf(
  functions: Readonly<Record<string, FunctionBody>>,
  imports: readonly FunctionImport[] = [],
): Uint8Array<ArrayBuffer> {
  const together = (parts: readonly Bytes[]): Uint8Array<ArrayBuffer> => {
    const out = new ByteWriter();
    out.add(parts);
    return out.take(0);
  };
  const vector = (items: readonly Bytes[]) => together([unsignedLeb(items.length), ...items]);
  const text = (name: string) => vector(Array.from(name, (character) => [character.charCodeAt(0)]));
  const section = (number: number, content: Bytes): Bytes[] => [[number], unsignedLeb(content.length), content];
  const entries = Object.entries(functions);
  const types = [...imports, ...entries.map(([, body]) => body)].map(({ parameters }) => [
    0x60,
    ...vector(parameters.map((type) => [valueType[type]])),
    ...vector([[valueType.i32]]),
  ]);
  const first = imports.length;
  return together([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(
      2,
      vector([
        [...text('state'), ...text('memory'), 2, 0, 1],
        ...imports.map(({ name }, index) => [...text('host'), ...text(name), 0, ...unsignedLeb(index)]),
      ]),
    ),
    ...section(3, vector(entries.map((_, index) => unsignedLeb(first + index)))),
    ...section(7, vector(entries.map(([name], index) => [...text(name), 0, ...unsignedLeb(first + index)]))),
    ...section(10, vector(entries.map(([, body]) => body.finish()))),
  ]);
}
