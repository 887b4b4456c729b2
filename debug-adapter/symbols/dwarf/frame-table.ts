/** Call frame information: how to get from a function to its caller (DWARF 5, section 6.4; LSB, .eh_frame). */
import { Cursor, TruncatedError } from '../cursor';
import {
  runInstructions,
  type Alignment,
  type FrameAddressRule,
  type RegisterRule,
  type Rules,
} from './frame-instructions';
import { readInitialLength } from './unit-header';

/** What holds at one instruction. */
export interface UnwindRow {
  readonly frameAddress: FrameAddressRule;
  readonly registers: ReadonlyMap<number, RegisterRule>;
  readonly returnAddress: number;
  /** The caller was interrupted: its address is the instruction that it goes on with, not one behind a call. */
  readonly isSignalFrame: boolean;
}

interface CommonInformation extends Alignment {
  readonly returnAddress: number;
  readonly isSignalFrame: boolean;
  readonly hasAugmentation: boolean;
  readonly pointerEncoding: number;
  readonly instructions: Uint8Array;
}
interface Description {
  readonly low: bigint;
  readonly high: bigint;
  readonly common: CommonInformation;
  readonly instructions: Uint8Array;
}

interface FrameSection {
  readonly bytes: Uint8Array;
  /** Where it is loaded: .eh_frame counts from there. */
  readonly address: bigint;
  readonly isExceptionFrame: boolean;
}

const ENCODED_ABSOLUTE = 0x00;
const ENCODING_OMITTED = 0xff;

/** The call frame information of a program. */
export class FrameTable {
  /** Sorted by where they begin. */
  readonly #descriptions: readonly Description[];
  readonly #littleEndian: boolean;

  constructor(sections: readonly FrameSection[], littleEndian: boolean) {
    this.#littleEndian = littleEndian;
    this.#descriptions = sections
      .flatMap((section) => readSection(section, littleEndian))
      .sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  }

  /** What holds at an address; undefined where nothing is said about it. */
  rowAt(address: bigint): UnwindRow | undefined {
    let [low, high] = [0, this.#descriptions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#descriptions[middle]!.low <= address) low = middle + 1;
      else high = middle;
    }
    const found = this.#descriptions[low - 1];
    return found && address < found.high ? rowOf(found, address, this.#littleEndian) : undefined;
  }
}

function readSection(section: FrameSection, littleEndian: boolean): Description[] {
  const found: Description[] = [];
  const common = new Map<number, CommonInformation | undefined>();
  const commonAt = (offset: number): CommonInformation | undefined => {
    if (!common.has(offset)) common.set(offset, readCommon(new Cursor(section.bytes, littleEndian, offset), section));
    return common.get(offset);
  };
  const cursor = new Cursor(section.bytes, littleEndian);
  try {
    while (!cursor.atEnd) {
      const { is64, length } = readInitialLength(cursor);
      // A length of zero ends what the linker put together.
      if (length === 0) continue;
      const end = cursor.position + length;
      if (end > cursor.bytes.length) break;
      const description = readDescription(cursor, end, is64, section, commonAt);
      if (description) found.push(description);
      cursor.position = end;
    }
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
  return found;
}

/** Undefined for what is common information itself, or cannot be read. */
function readDescription(
  cursor: Cursor,
  end: number,
  is64: boolean,
  section: FrameSection,
  commonAt: (offset: number) => CommonInformation | undefined,
): Description | undefined {
  const at = cursor.position;
  const isOld = section.isExceptionFrame;
  const pointer = cursor.offset(is64);
  const isCommon = isOld ? pointer === 0 : pointer === (is64 ? Number(0xffff_ffff_ffff_ffffn) : 0xffff_ffff);
  const common = isCommon ? undefined : commonAt(isOld ? at - pointer : pointer);
  if (!common) return undefined;
  const low = readPointer(cursor, common.pointerEncoding, common.addressSize, section);
  const size = readPointer(cursor, common.pointerEncoding & 0x0f, common.addressSize, section);
  if (low === undefined || size === undefined || size === 0n) return undefined;
  if (common.hasAugmentation) cursor.skip(cursor.count());
  if (cursor.position > end) return undefined;
  return { low, high: low + size, common, instructions: cursor.take(end - cursor.position) };
}

function readCommon(cursor: Cursor, section: FrameSection): CommonInformation | undefined {
  try {
    const { is64, length } = readInitialLength(cursor);
    const end = cursor.position + length;
    cursor.offset(is64);
    const version = cursor.u8();
    const augmentation = cursor.text();
    const addressSize = version >= 4 ? cursor.u8() : 8;
    if (version >= 4) cursor.skip(1);
    const codeAlignment = cursor.unsignedLeb();
    const dataAlignment = cursor.signedLeb();
    const returnAddress = version === 1 ? cursor.u8() : cursor.count();
    const { pointerEncoding, isKnown } = readAugmentation(cursor, augmentation, addressSize, section);
    if (!isKnown || cursor.position > end) return undefined;
    return {
      codeAlignment,
      dataAlignment,
      returnAddress,
      addressSize,
      pointerEncoding,
      isSignalFrame: augmentation.includes('S'),
      hasAugmentation: augmentation.startsWith('z'),
      instructions: cursor.take(end - cursor.position),
    };
  } catch (error) {
    if (error instanceof TruncatedError) return undefined;
    throw error;
  }
}

function readAugmentation(
  cursor: Cursor,
  augmentation: string,
  addressSize: number,
  section: FrameSection,
): { pointerEncoding: number; isKnown: boolean } {
  let pointerEncoding = ENCODED_ABSOLUTE;
  if (augmentation === '') return { pointerEncoding, isKnown: true };
  if (!augmentation.startsWith('z')) return { pointerEncoding, isKnown: false };
  const data = cursor.part(cursor.count());
  for (const letter of augmentation.slice(1)) {
    if (letter === 'R') pointerEncoding = data.u8();
    else if (letter === 'L') data.skip(1);
    else if (letter === 'P') readPointer(data, data.u8(), addressSize, section);
    else if (letter !== 'S') break;
  }
  return { pointerEncoding, isKnown: true };
}

/** A pointer as .eh_frame encodes it; undefined for an encoding that is not used here. */
function readPointer(
  cursor: Cursor,
  encoding: number,
  addressSize: number,
  { address, bytes }: FrameSection,
): bigint | undefined {
  if (encoding === ENCODING_OMITTED) return undefined;
  const place = address + BigInt(cursor.bytes.byteOffset - bytes.byteOffset + cursor.position);
  const value = readEncoded(cursor, encoding & 0x0f, addressSize);
  if (value === undefined) return undefined;
  switch (encoding & 0x70) {
    case 0x00:
      return value;
    case 0x10: // relative to itself
      return BigInt.asUintN(64, place + value);
    default:
      return undefined;
  }
}
function readEncoded(cursor: Cursor, format: number, addressSize: number): bigint | undefined {
  switch (format) {
    case 0x0:
      return cursor.unsigned(addressSize);
    case 0x1:
      return cursor.unsignedLeb();
    case 0x2:
      return cursor.unsigned(2);
    case 0x3:
      return cursor.unsigned(4);
    case 0x4:
      return cursor.unsigned(8);
    case 0x9:
      return cursor.signedLeb();
    case 0xa:
      return cursor.signed(2);
    case 0xb:
      return cursor.signed(4);
    case 0xc:
      return cursor.signed(8);
    default:
      return undefined;
  }
}

function rowOf(
  { low, common, instructions }: Description,
  address: bigint,
  littleEndian: boolean,
): UnwindRow | undefined {
  const initial: Rules = { frameAddress: undefined, registers: new Map() };
  try {
    runInstructions(new Cursor(common.instructions, littleEndian), common, initial, undefined, low, address);
    const rules: Rules = { ...initial, registers: new Map(initial.registers) };
    runInstructions(new Cursor(instructions, littleEndian), common, rules, initial, low, address);
    const { frameAddress, registers } = rules;
    const { returnAddress, isSignalFrame } = common;
    return frameAddress && { frameAddress, registers, returnAddress, isSignalFrame };
  } catch (error) {
    if (error instanceof TruncatedError) return undefined;
    throw error;
  }
}
