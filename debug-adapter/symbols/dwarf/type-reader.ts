import { bare, voidType, type CType, type Enumerator, type FunctionType, type Member, type NumberKind } from './c-type';
import { attribute, encoding, tag } from './constants';
import type { Entry } from './entry';

/** Finds a struct, union or enum that a unit only declares in another one. */
export type Completer = (entry: Entry) => Entry | undefined;

/** No type of C is wider. */
const MAXIMUM_BITS = 128n;

const qualifiers: Readonly<Record<number, string>> = {
  [tag.CONST_TYPE]: 'const',
  [tag.VOLATILE_TYPE]: 'volatile',
  [tag.RESTRICT_TYPE]: 'restrict',
  [tag.ATOMIC_TYPE]: '_Atomic',
};

/** Makes C's types from entries, each once. */
export class TypeReader {
  readonly #complete: Completer;
  readonly #known = new Map<Entry, CType>();

  constructor(complete: Completer) {
    this.#complete = complete;
  }

  /** The type that an entry describes; without an entry, void. */
  read(entry: Entry | undefined): CType {
    if (!entry) return voidType;
    const known = this.#known.get(entry);
    if (known) return known;
    const type = this.#make(entry);
    this.#known.set(entry, type);
    return type;
  }
  /** The type that an entry has. */
  of = (entry: Entry): CType => this.read(entry.type);

  #make(entry: Entry): CType {
    const target = (): CType => this.of(entry);
    switch (entry.tag) {
      case tag.BASE_TYPE:
        return { kind: 'number', name: baseName(entry), size: sizeIn(entry), as: numberKind(entry) };
      case tag.POINTER_TYPE:
      case tag.REFERENCE_TYPE:
        return { kind: 'pointer', size: sizeIn(entry) || entry.unit.header.addressSize, target };
      case tag.TYPEDEF:
        return { kind: 'typedef', name: entry.name ?? '', target };
      case tag.STRUCTURE_TYPE:
      case tag.CLASS_TYPE:
      case tag.UNION_TYPE:
        return this.#struct(entry);
      case tag.ENUMERATION_TYPE:
        return this.#enum(entry);
      case tag.ARRAY_TYPE:
        return this.#array(entry);
      case tag.SUBROUTINE_TYPE:
      case tag.SUBPROGRAM:
        return this.#function(entry);
      default: {
        const qualifier = qualifiers[entry.tag];
        return qualifier === undefined ? voidType : { kind: 'qualified', qualifier, target };
      }
    }
  }

  #struct(declared: Entry): CType {
    const entry = this.#completed(declared);
    let members: readonly Member[] | undefined;
    return {
      kind: entry.tag === tag.UNION_TYPE ? 'union' : 'struct',
      name: entry.name,
      size: sizeIn(entry),
      isDeclaration: entry.flag(attribute.DECLARATION),
      members: () =>
        (members ??= entry.children.filter((one) => one.tag === tag.MEMBER).map((one) => this.#member(one))),
    };
  }
  #completed(entry: Entry): Entry {
    const signed = entry.reference(attribute.SIGNATURE);
    if (signed) return signed;
    return entry.flag(attribute.DECLARATION) ? (this.#complete(entry) ?? entry) : entry;
  }

  #member(entry: Entry): Member {
    const type = this.of(entry);
    const bits = entry.constant(attribute.BIT_SIZE);
    const bitSize = bits !== undefined && bits <= MAXIMUM_BITS ? bits : undefined;
    const byteOffset = Number(entry.constant(attribute.DATA_MEMBER_LOCATION) ?? 0n);
    const name = entry.name;
    if (bitSize === undefined) return { name, type, bitOffset: 8 * byteOffset, bitSize: undefined };
    return {
      name,
      type,
      bitOffset: this.#bitOffset(entry, type, byteOffset, Number(bitSize)),
      bitSize: Number(bitSize),
    };
  }
  /** DWARF 4 and later count from the beginning of the struct; before, from the most significant bit of a unit in it. */
  #bitOffset(entry: Entry, type: CType, byteOffset: number, bitSize: number): number {
    const offset = entry.constant(attribute.DATA_BIT_OFFSET);
    if (offset !== undefined) return Number(offset);
    const fromTop = entry.signedConstant(attribute.BIT_OFFSET);
    if (fromTop === undefined) return 8 * byteOffset;
    const actual = bare(type);
    const own = Number(entry.constant(attribute.BYTE_SIZE) ?? 0n);
    const unitSize = own || ('size' in actual ? actual.size : 4);
    const { littleEndian } = entry.unit.information;
    return 8 * byteOffset + (littleEndian ? 8 * unitSize - Number(fromTop) - bitSize : Number(fromTop));
  }

  #enum(declared: Entry): CType {
    const entry = this.#completed(declared);
    let enumerators: readonly Enumerator[] | undefined;
    const under = bare(this.of(entry));
    const code = Number(entry.constant(attribute.ENCODING) ?? 0n);
    const isSigned = code === encoding.SIGNED || (under.kind === 'number' && under.as === 'signed');
    const value = (one: Entry): bigint =>
      isSigned ? (one.signedConstant(attribute.CONST_VALUE) ?? 0n) : (one.constant(attribute.CONST_VALUE) ?? 0n);
    return {
      kind: 'enum',
      name: entry.name,
      size: sizeIn(entry) || 4,
      isSigned,
      enumerators: () =>
        (enumerators ??= entry.children
          .filter((one) => one.tag === tag.ENUMERATOR)
          .map((one) => ({ name: one.name ?? '', value: value(one) }))),
    };
  }

  /** Each dimension but the first is the element of the one before. */
  #array(entry: Entry): CType {
    const dimensions = entry.children.filter((one) => one.tag === tag.SUBRANGE_TYPE).map(countOf);
    if (dimensions.length === 0) dimensions.push(undefined);
    let type = (): CType => this.of(entry);
    for (const count of dimensions.reverse()) {
      const element = type;
      const made: CType = { kind: 'array', element, count };
      type = () => made;
    }
    return type();
  }

  #function(entry: Entry): FunctionType {
    const holder = entry.holderOf(attribute.TYPE) ?? entry;
    const source = entry.children.length > 0 ? entry : (entry.origin ?? entry);
    return {
      kind: 'function',
      result: () => this.of(holder),
      parameters: () => source.children.filter((one) => one.tag === tag.FORMAL_PARAMETER).map(this.of),
      isVariadic: source.children.some((one) => one.tag === tag.UNSPECIFIED_PARAMETERS),
      isPrototyped: entry.holderOf(attribute.PROTOTYPED)?.flag(attribute.PROTOTYPED) ?? false,
    };
  }
}

const sizeIn = (entry: Entry): number => Number(entry.constant(attribute.BYTE_SIZE) ?? 0n);

/** Undefined for an array without a bound, or with one that only the running program knows. */
function countOf(subrange: Entry): number | undefined {
  const count = subrange.constant(attribute.COUNT);
  if (count !== undefined) return Number(count);
  const upper = subrange.signedConstant(attribute.UPPER_BOUND);
  return upper === undefined || upper < -1n ? undefined : Number(upper) + 1;
}

function numberKind(entry: Entry): NumberKind {
  switch (Number(entry.constant(attribute.ENCODING) ?? 0n)) {
    case encoding.BOOLEAN:
      return 'boolean';
    case encoding.FLOAT:
      return 'float';
    case encoding.SIGNED:
      return 'signed';
    case encoding.UNSIGNED:
      return 'unsigned';
    case encoding.SIGNED_CHAR:
      return 'signed-char';
    case encoding.UNSIGNED_CHAR:
    case encoding.UTF:
      return 'unsigned-char';
    default:
      return 'other';
  }
}

/** Compilers write "long unsigned int" where people, and gdb, write "unsigned long". */
function baseName(entry: Entry): string {
  const name = entry.name ?? '';
  return usualNames[name] ?? name;
}
const usualNames: Readonly<Record<string, string>> = {
  'long unsigned int': 'unsigned long',
  'long int': 'long',
  'short unsigned int': 'unsigned short',
  'short int': 'short',
  'long long unsigned int': 'unsigned long long',
  'long long int': 'long long',
};
