import type { FieldName } from '../../isa/fields';
import type { Instruction, IsaVersion } from '../../isa/instruction';
import { decode } from '../../isa/table';
import type { OperandKind } from '../../operations/operand';
import { crOffset, gprOffset, records, TLB_PAGE_SIZE, vsrOffset, ZERO_REGISTER } from '../../state/layout';
import { handlerNumbers } from './handler-numbers';
import { BRANCH_TO_ITSELF } from '../slow-step';
import type { ByteOrder } from './home';
import { handlers } from './reasons';

/** Instructions decoded at once: those that are likely to be wanted next. */
const AHEAD = 16;
const recordsInPage = TLB_PAGE_SIZE / 4;
const VSR_BYTES = 16;
/** VR 0 is this VSR. */
const FIRST_VR = 32;

/** What a small operand of a record says: where the register is, or the number itself. */
function smallOperand(kind: OperandKind, number: number): number {
  switch (kind) {
    case 'gpr':
      return gprOffset + number * 8;
    case 'gprOrZero':
      return gprOffset + (number || ZERO_REGISTER) * 8;
    case 'crField':
      return crOffset + number * 4;
    case 'crBit':
      return crOffset + number;
    case 'small':
    case 'immediate':
    case 'variant':
      return number;
    case 'fpr':
    case 'vsr':
      return vsrOffset + number * VSR_BYTES;
    case 'vr':
      return vsrOffset + (FIRST_VR + number) * VSR_BYTES;
  }
}

/** b, blr, bctr without LK: what follows is likely to be somebody else's. */
function neverGoesOn(word: number): boolean {
  if ((word & 1) !== 0) return false;
  const [opcode, extended, always] = [word >>> 26, (word >>> 1) & 0x3ff, ((word >>> 21) & 0x14) === 0x14];
  return opcode === 18 || (opcode === 19 && always && (extended === 16 || extended === 528));
}

/** The displacement of a relative branch, if `word` is one. */
function displacementOf(
  { operands, match }: Instruction,
  values: Readonly<Record<string, number>>,
): number | undefined {
  const field = operands.find(({ name }) => name === 'li' || name === 'bd');
  const absolute = (match & 2) !== 0;
  return field && !absolute ? values[field.name] : undefined;
}

/** Writes the records of one page, from an instruction on that is about to run. */
export class RecordWriter {
  readonly #view: DataView;
  readonly #isa: IsaVersion;
  readonly #numberOf = handlerNumbers();

  constructor(view: DataView, isa: IsaVersion) {
    this.#view = view;
    this.#isa = isa;
  }

  /**
   * Decodes from instruction `first` of the page on: the instructions lie at linear address `page`, their records at
   * `place`. Those for which `stops` holds are left to the reference engine.
   */
  write(page: number, place: number, first: number, order: ByteOrder, stops: (index: number) => boolean): void {
    for (let index = first; index < Math.min(first + AHEAD, recordsInPage); index++) {
      const at = place + index * records.size;
      if (this.#view.getUint16(at, true) !== handlers.undecoded) return;
      const word = this.#view.getInt32(page + index * 4, order === 'little');
      // A handler would branch to itself until the budget is spent, but whoever gave the budget wants to know.
      if (stops(index) || word === BRANCH_TO_ITSELF) this.#view.setUint16(at, handlers.slow, true);
      else this.#writeOne(at, word, index);
      if (neverGoesOn(word)) return;
    }
  }

  #writeOne(at: number, word: number, index: number): void {
    const view = this.#view;
    const instruction = decode(word, this.#isa);
    if (!instruction) {
      view.setUint16(at, handlers.slow, true);
      return;
    }
    const values = instruction.decode(word);
    for (const { name, kind, slot } of instruction.operands) {
      const number = values[name as FieldName] ?? 0;
      if (kind === 'immediate') view.setInt32(at + records.immediate, number, true);
      else view.setUint16(at + records.operands + slot * 2, smallOperand(kind, number), true);
    }
    const displacement = displacementOf(instruction, values);
    const target = index + (displacement ?? 0) / 4;
    const near = displacement !== undefined && target >= 0 && target < recordsInPage;
    if (near) view.setInt32(at + records.immediate, (displacement / 4) * records.size, true);
    view.setUint16(at, this.#numberOf(instruction, near), true);
  }
}
