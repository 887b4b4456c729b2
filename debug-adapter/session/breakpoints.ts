import { sourceCondition } from '../c-language/source-expression';
import { condition, type Condition } from '../conditions/condition';
import { ExpressionError, type Names } from '../conditions/expression';
import type { Program } from '../symbols/program';
import { realModeAliases, isSamePlace } from '../symbols/real-mode';
import { isRealMode, type VcpuOfGuest } from './guest';
import { hitCondition } from './hit-condition';
import { logMessage, type LogMessage } from './log-message';
import { namesOf } from './names';

/** What a person asks for beside the place. */
export interface BreakpointOptions {
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
}
/** A place that has been looked up: the addresses it stands for, or why there are none. */
export interface ResolvedPlace {
  readonly addresses: readonly bigint[];
  readonly problem?: string | undefined;
  /** The line that the code has, where that is another than was asked for. */
  readonly line?: number | undefined;
}

/** Looks a place up; done again when the guest is started again, from a file that may have changed. */
export type PlaceFinder = (program: Program) => ResolvedPlace;

export interface Breakpoint extends ResolvedPlace {
  readonly id: number;
}
/** A breakpoint that the guest has come to, and whose request set it. */
export interface BreakpointHit {
  readonly id: number;
  readonly group: string;
}

class LiveBreakpoint {
  readonly id: number;
  readonly find: PlaceFinder;
  place: ResolvedPlace;
  hits = 0;
  condition: Condition<VcpuOfGuest> | undefined;
  isHit: (hits: number) => boolean = () => true;
  log: LogMessage | undefined;
  /** What is wrong with its condition: it never stops. */
  problem: string | undefined;

  constructor(id: number, find: PlaceFinder, options: BreakpointOptions, checkedOn: VcpuOfGuest) {
    this.id = id;
    this.find = find;
    this.place = find(checkedOn.program);
    try {
      this.#read(options, checkedOn);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.problem = error.message;
    }
  }

  #read(options: BreakpointOptions, checkedOn: VcpuOfGuest): void {
    const names = namesOf(checkedOn);
    const given = (text: string | undefined) => (text === undefined || text.trim() === '' ? undefined : text);
    const [when, count, log] = [given(options.condition), given(options.hitCondition), given(options.logMessage)];
    this.condition = when === undefined ? undefined : this.#conditionOf(when, checkedOn, names);
    if (count !== undefined) this.isHit = hitCondition(count);
    this.log = log === undefined ? undefined : logMessage(log, names);
  }

  /** In C where it is about the source, as it is at the breakpoint; else over registers and symbols. */
  #conditionOf(text: string, checkedOn: VcpuOfGuest, names: Names): Condition<VcpuOfGuest> {
    const [address] = this.place.addresses;
    const inC = address === undefined ? undefined : sourceCondition(checkedOn, text, address);
    return inC ?? condition(text, names, namesOf);
  }

  get addresses(): readonly bigint[] {
    return this.problem === undefined ? this.place.addresses : [];
  }
  get view(): Breakpoint {
    return { ...this.place, id: this.id, addresses: this.addresses, problem: this.problem ?? this.place.problem };
  }

  /** Whether it stops a vCPU that stands at an address. */
  stops(of: VcpuOfGuest, address: bigint): boolean {
    if (!this.addresses.some((one) => isSamePlace(one, address, isRealMode(of.vcpu)))) return false;
    if (this.condition && !this.condition.holds(of)) return false;
    this.hits += 1;
    return this.isHit(this.hits);
  }
}

/** Breakpoints on instructions, whoever asked for them: each group is one request's, which replaces it as a whole. */
export class Breakpoints {
  readonly #groups = new Map<string, readonly LiveBreakpoint[]>();
  #nextId = 1;

  /** Effective addresses to stop at, under every name that real mode has for them. */
  addresses(): ReadonlySet<bigint> {
    return new Set(this.#all().flatMap(({ breakpoint }) => breakpoint.addresses.flatMap(realModeAliases)));
  }

  set(
    group: string,
    requested: readonly { readonly find: PlaceFinder; readonly options: BreakpointOptions }[],
    checkedOn: VcpuOfGuest,
  ): readonly Breakpoint[] {
    const made = requested.map(({ find, options }) => new LiveBreakpoint(this.#nextId++, find, options, checkedOn));
    this.#groups.set(group, made);
    return made.map(({ view }) => view);
  }

  /** Counts a hit and says which breakpoints stop there; log points say their text instead. */
  hit(of: VcpuOfGuest, address: bigint, say: (text: string) => void): readonly BreakpointHit[] {
    return this.#all().flatMap(({ group, breakpoint }) => {
      if (!breakpoint.stops(of, address)) return [];
      if (!breakpoint.log) return [{ id: breakpoint.id, group }];
      say(breakpoint.log(namesOf(of)));
      return [];
    });
  }

  /** Makes ready for a new run of the guest. */
  startAgain(program: Program): void {
    for (const { breakpoint } of this.#all()) {
      breakpoint.hits = 0;
      breakpoint.place = breakpoint.find(program);
    }
  }

  #all(): { readonly group: string; readonly breakpoint: LiveBreakpoint }[] {
    return [...this.#groups].flatMap(([group, list]) => list.map((breakpoint) => ({ group, breakpoint })));
  }
}
