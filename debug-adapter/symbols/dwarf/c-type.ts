/** The types of C, as debug information describes them. What a type refers to is read when it is asked for. */

/** How the bytes of a number are to be read. */
export type NumberKind = 'signed' | 'unsigned' | 'signed-char' | 'unsigned-char' | 'boolean' | 'float' | 'other';

export interface Member {
  /** Undefined for an anonymous struct or union, whose members count as those of what it stands in. */
  readonly name: string | undefined;
  readonly type: CType;
  /** From the beginning of the struct, in bits; of a bit field, of its first bit in the order of memory. */
  readonly bitOffset: number;
  /** Only of a bit field. */
  readonly bitSize: number | undefined;
}
export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

/** Sizes are in bytes. */
export type CType =
  | { readonly kind: 'void' }
  | { readonly kind: 'number'; readonly name: string; readonly size: number; readonly as: NumberKind }
  | { readonly kind: 'pointer'; readonly size: number; readonly target: () => CType }
  | StructType
  | {
      readonly kind: 'enum';
      readonly name: string | undefined;
      readonly size: number;
      readonly isSigned: boolean;
      readonly enumerators: () => readonly Enumerator[];
    }
  /** `count` is undefined for a flexible array. */
  | { readonly kind: 'array'; readonly element: () => CType; readonly count: number | undefined }
  | { readonly kind: 'typedef'; readonly name: string; readonly target: () => CType }
  | { readonly kind: 'qualified'; readonly qualifier: string; readonly target: () => CType }
  | FunctionType;

export interface StructType {
  readonly kind: 'struct' | 'union';
  readonly name: string | undefined;
  readonly size: number;
  readonly members: () => readonly Member[];
  /** Set where it is only declared: its members stand in another unit, if anywhere. */
  readonly isDeclaration: boolean;
}
export interface FunctionType {
  readonly kind: 'function';
  readonly result: () => CType;
  readonly parameters: () => readonly CType[];
  readonly isVariadic: boolean;
  readonly isPrototyped: boolean;
}

export const voidType: CType = { kind: 'void' };
const numberType = (name: string, size: number, as: NumberKind): CType => ({ kind: 'number', name, size, as });
/** The types of LP64, by every name that C allows them in an expression. */
export const standardTypes = {
  bool: numberType('_Bool', 1, 'boolean'),
  char: numberType('char', 1, 'unsigned-char'),
  signedChar: numberType('signed char', 1, 'signed-char'),
  unsignedChar: numberType('unsigned char', 1, 'unsigned-char'),
  short: numberType('short', 2, 'signed'),
  unsignedShort: numberType('unsigned short', 2, 'unsigned'),
  int: numberType('int', 4, 'signed'),
  unsignedInt: numberType('unsigned int', 4, 'unsigned'),
  long: numberType('long', 8, 'signed'),
  unsignedLong: numberType('unsigned long', 8, 'unsigned'),
  longLong: numberType('long long', 8, 'signed'),
  unsignedLongLong: numberType('unsigned long long', 8, 'unsigned'),
  float: numberType('float', 4, 'float'),
  double: numberType('double', 8, 'float'),
} as const;

export const pointerTo = (target: CType): CType => ({ kind: 'pointer', size: 8, target: () => target });

const MAXIMUM_ALIASES = 64;

/** The type behind typedefs and qualifiers. */
export function bare(type: CType): Exclude<CType, { kind: 'typedef' | 'qualified' }> {
  let now = type;
  for (let steps = 0; now.kind === 'typedef' || now.kind === 'qualified'; steps++) {
    // A damaged file may have a type that is its own alias.
    if (steps > MAXIMUM_ALIASES) return { kind: 'void' };
    now = now.target();
  }
  return now;
}

/** Undefined for what has none: void, functions, arrays without a bound. */
export function sizeOf(type: CType, depth = 0): number | undefined {
  // A damaged file may have an array of itself.
  if (depth > MAXIMUM_ALIASES) return undefined;
  const actual = bare(type);
  switch (actual.kind) {
    case 'void':
    case 'function':
      return undefined;
    case 'array': {
      const element = sizeOf(actual.element(), depth + 1);
      return element === undefined || actual.count === undefined ? undefined : element * actual.count;
    }
    case 'struct':
    case 'union':
      return actual.isDeclaration ? undefined : actual.size;
    case 'number':
    case 'pointer':
    case 'enum':
      return actual.size;
  }
}

/** What numbers of C are: they can be computed with, and set. */
export function isScalar(type: CType): boolean {
  return ['number', 'pointer', 'enum'].includes(bare(type).kind);
}
