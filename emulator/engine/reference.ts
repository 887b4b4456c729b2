import type { Registers } from '../cpu/registers';
import type { IsaVersion } from '../isa/instruction';
import { MSR } from '../isa/machine-state-register';
import { decode } from '../isa/table';
import type { StorageFault } from '../mmu/storage-fault';
import { unsigned64 } from '../word/unsigned';
import type { Facility, Operations } from '../operations/instruction-operations';
import { AccessRefused, type GuestStorage } from './guest-storage';
import {
  decodedWord,
  referenceOperations,
  type CurrentStep,
  type DecodedWord,
  type ReferenceOptions,
} from './reference-operations';
import type { ReferenceSorts } from './reference-sorts';
import {
  AlignmentRefused,
  FacilityUnavailable,
  FacilityWithheld,
  Refused,
  type ProgramInterruptKind,
} from './refusals';

/**
 * What became of one instruction. All but `retired`, `system-call` and the two of floating point leave it undone; with
 * all but the first two and `waiting-floating-point` NIA is at its address.
 */
export type StepOutcome =
  | { readonly kind: 'retired' }
  | { readonly kind: 'storage'; readonly fault: StorageFault }
  | { readonly kind: 'alignment'; readonly address: bigint; readonly store: boolean; readonly word: number }
  | { readonly kind: ProgramInterruptKind; readonly word: number }
  /** An exception that waited for MSR[FE0] or MSR[FE1]: NIA is where the instruction leads. */
  | { readonly kind: 'waiting-floating-point'; readonly word: number }
  | { readonly kind: 'unavailable'; readonly facility: Facility }
  /** Withheld by FSCR, or by the hypervisor's HFSCR. */
  | { readonly kind: 'facility-unavailable'; readonly hypervisor: boolean; readonly cause: number }
  /** NIA is already after the instruction, as SRR0 will be. */
  | { readonly kind: 'system-call'; readonly level: number };

const retired: StepOutcome = { kind: 'retired' };
const LOW_WORD = 0xffff_ffffn;
/** A guest that makes up its code as it goes must not fill our memory. */
const MOST_DECODED = 65_536;

/** One instruction at a time over the same state as generated code: the oracle, and everyone's slow path. */
export class ReferenceEngine {
  readonly #registers: Registers;
  readonly #storage: GuestStorage;
  readonly #isa: IsaVersion;
  readonly #current: CurrentStep = {
    decoded: undefined,
    address: 0n,
    next: 0n,
    narrow: false,
    systemCallLevel: undefined,
    exceptionWaits: false,
  };
  readonly #operations: Operations<ReferenceSorts>;
  readonly #decoded = new Map<number, DecodedWord>();

  constructor(registers: Registers, storage: GuestStorage, options: ReferenceOptions) {
    this.#registers = registers;
    this.#storage = storage;
    this.#isa = options.isa;
    this.#operations = referenceOperations(registers, storage, options, this.#current);
  }

  step(): StepOutcome {
    const registers = this.#registers;
    const narrow = (registers.special('msr') & MSR.SF) === 0n;
    this.#current.narrow = narrow;
    const nia = registers.special('nia');
    const address = narrow ? nia & LOW_WORD : nia;
    let word = 0;
    try {
      word = this.#storage.fetch(address) >>> 0;
      const decoded = this.#decode(word);
      if (!decoded) return { kind: 'illegal', word };
      return this.#perform(decoded, address, word);
    } catch (outcome) {
      if (outcome instanceof AccessRefused) return { kind: 'storage', fault: outcome.fault };
      if (outcome instanceof AlignmentRefused)
        return { kind: 'alignment', address: outcome.address, store: outcome.store, word };
      if (outcome instanceof FacilityWithheld)
        return { kind: 'facility-unavailable', hypervisor: outcome.hypervisor, cause: outcome.cause };
      if (outcome instanceof FacilityUnavailable) return { kind: 'unavailable', facility: outcome.facility };
      if (outcome instanceof Refused) return { kind: outcome.kind, word };
      throw outcome;
    }
  }

  #perform(decoded: DecodedWord, address: bigint, word: number): StepOutcome {
    const current = this.#current;
    current.decoded = decoded;
    current.address = address;
    current.next = unsigned64(address + 4n);
    current.systemCallLevel = undefined;
    current.exceptionWaits = false;
    decoded.instruction.apply(this.#operations);
    this.#registers.setSpecial('nia', current.narrow ? current.next & LOW_WORD : current.next);
    // The operations set it behind the compiler's back.
    const level = current.systemCallLevel as number | undefined;
    if (level !== undefined) return { kind: 'system-call', level };
    return (current.exceptionWaits as boolean) ? { kind: 'waiting-floating-point', word } : retired;
  }

  #decode(word: number): DecodedWord | undefined {
    const known = this.#decoded.get(word);
    if (known) return known;
    const instruction = decode(word, this.#isa);
    if (!instruction) return undefined;
    if (this.#decoded.size >= MOST_DECODED) this.#decoded.clear();
    const made = decodedWord(instruction, word);
    this.#decoded.set(word, made);
    return made;
  }
}
