import { interruptAt, vectors } from '../cpu/interrupts';
import type { RunOutcome, Watch } from './debug-target';
import { msr } from '../mmu/special-register-bits';
import { specialOffsets } from '../state/layout';
import { advance, type Surroundings } from './advance';
import type { Clock } from './clock';
import type { MachineEvent } from './events';
import type { Observer } from './observe';
import type { Happening } from './report';
import { heldAddress, type Vcpu } from './vcpu';
import { countYield, logDispatch } from './virtual-processor-area';

/** Interrupts in a row without a completed instruction after which a guest is given up. */
const ENDLESS = 1000;
/** A vCPU that gives way waits for as long as this many instructions take: a microsecond. */
const GIVEN_WAY = 1000;
const EXTERNAL_ENABLED = Number(msr.mask.EE);
const SIGN_BIT = 1n << 31n;

type Stopped = Exclude<RunOutcome, { kind: 'budget' }>;

/** Whose turn it is and for how long: vCPUs run in order, a quantum each. All of its state is numbers. */
export class Scheduler {
  readonly #around: Surroundings;
  readonly #vcpus: readonly Vcpu[];
  readonly #clock: Clock;
  readonly #quantum: number;
  readonly #observer: Observer;
  /** The vCPU whose turn it is. */
  turn = 0;
  /** The one vCPU that a debugger lets run. */
  #only: number | undefined;

  constructor(around: Surroundings, vcpus: readonly Vcpu[], clock: Clock, quantum: number, observer: Observer) {
    this.#observer = observer;
    this.#around = around;
    this.#vcpus = vcpus;
    this.#clock = clock;
    this.#quantum = quantum;
  }

  /**
   * Runs until `budget` instructions have begun, something stops it, or `until` says so after a vCPU's move, of which
   * each is `longest` instructions at most. A breakpoint at the place where the run starts does not stop it.
   */
  run(budget: number, watch: Watch, until: (vcpu: Vcpu) => boolean, longest: number): RunOutcome {
    let left = budget;
    const start = this.#vcpus.map((vcpu) => ({ count: vcpu.instructionCount, address: heldAddress(vcpu) }));
    for (const vcpu of this.#vcpus) vcpu.setBreakpoints(watch.breakpoints);
    this.#only = watch.only;
    this.#observer.begin(watch);
    const most = this.#observer.longest(longest);
    while (left > 0) {
      const vcpu = this.#next(watch);
      if (vcpu === 'idle') return { kind: 'budget' };
      if (!vcpu) return { kind: 'stuck', vcpu: 0, why: 'every vCPU is idle or stopped, and none waits for a timer.' };
      const stoppedByHost = this.#hostActs(vcpu, watch);
      if (stoppedByHost) return stoppedByHost;
      const begins = vcpu.stage.at === 'guest';
      if (begins && this.#takeInterrupt(vcpu)) continue;
      if (begins && watch.breakpoints.size > 0) {
        const address = vcpu.registers.special('nia');
        const { count, address: startedAt } = start[vcpu.number] ?? {};
        const goesOn = count === vcpu.instructionCount && startedAt === address;
        if (!goesOn && watch.breakpoints.has(address)) return { kind: 'breakpoint', vcpu: vcpu.number, address };
      }
      const before = vcpu.instructionCount;
      const stopped = this.#move(vcpu, watch, begins ? this.#budget(vcpu, Math.min(left, most)) : 0);
      left -= vcpu.instructionCount - before;
      if (vcpu.givesWay) this.#clock.count(vcpu.number, GIVEN_WAY);
      if (vcpu.state !== 'running' && vcpu.dispatched) {
        vcpu.dispatched = false;
        countYield(this.#around.space.memory, vcpu);
      }
      if (stopped) return stopped;
      const touched = this.#observer.touched(vcpu);
      if (touched) return { kind: 'touched', vcpu: vcpu.number, touched };
      if (until(vcpu)) return { kind: 'budget' };
      if (vcpu.standing) left -= this.#wait(vcpu, Math.min(left, most - 1), watch);
    }
    return { kind: 'budget' };
  }

  /** How many instructions a vCPU may begin before somebody else has to look: another vCPU, or its decrementer. */
  #budget(vcpu: Vcpu, most: number): number {
    vcpu.interruptWaits = this.#decrementerIsDue(vcpu) || this.#around.space.interrupts.isPending(vcpu.number);
    const turn = this.#quantum - this.#clock.instructionsInRound(vcpu.number);
    const untilHostEvent = this.#around.hostEvents.until(instructionTotal(this.#vcpus));
    return Math.min(most, turn, this.#untilDecrementer(vcpu), untilHostEvent);
  }

  #hostActs(vcpu: Vcpu, watch: Watch): Stopped | undefined {
    const happened = this.#around.hostEvents.happen(instructionTotal(this.#vcpus), this.#vcpus);
    if (happened.length === 0) return undefined;
    this.#observer.hostActed(vcpu);
    const event = this.#report([...happened, ...this.#observer.happenings(vcpu)], watch);
    if (event) return { kind: 'event', vcpu: vcpu.number, event };
    const touched = this.#observer.touched(vcpu);
    return touched && { kind: 'touched', vcpu: vcpu.number, touched };
  }

  #move(vcpu: Vcpu, watch: Watch, budget: number): Stopped | undefined {
    this.#observer.moveBegins(vcpu);
    const moved = advance(this.#around, vcpu, budget);
    const event = this.#report([...moved, ...this.#observer.happenings(vcpu)], watch);
    if (event) {
      this.#settle(vcpu, event);
      return { kind: 'event', vcpu: vcpu.number, event };
    }
    if (vcpu.stage.at === 'failed') return { kind: 'stuck', vcpu: vcpu.number, why: `${vcpu.stage.why}.` };
    if (vcpu.withoutProgress > ENDLESS && !this.#around.hostEvents.underWay)
      return { kind: 'stuck', vcpu: vcpu.number, why: endless(vcpu) };
    if (vcpu.standing) return this.#standsStill(vcpu);
    return undefined;
  }

  /** The first of the happenings that the watch wants to stop at. */
  #report(happenings: readonly Happening[], watch: Watch): MachineEvent | undefined {
    let stops: MachineEvent | undefined;
    for (const happening of happenings) {
      const { kind } = happening;
      if (!watch.events.has(kind)) continue;
      const instructionCount = instructionTotal(this.#vcpus);
      let fields: MachineEvent['fields'] | undefined;
      // Who only counts events never asks for their fields, which cost more than the event.
      const event: MachineEvent = {
        kind,
        instructionCount,
        get fields() {
          return (fields ??= happening.fields());
        },
      };
      if (watch.event(event)) stops ??= { kind, instructionCount, fields: event.fields };
    }
    return stops;
  }

  /** An access with no memory goes on to where user space holds it, so that the stop shows the pending exit. */
  #settle(vcpu: Vcpu, event: MachineEvent): void {
    if (event.fields['cause'] !== 'reserved-key') return;
    while (vcpu.stage.at === 'page-fault' || vcpu.stage.at === 'emulate-mmio') advance(this.#around, vcpu, 0);
  }

  /** The vCPU whose turn it is. A new round begins after the last; if all sleep, time passes to the first timer. */
  #next(watch: Watch): Vcpu | 'idle' | undefined {
    for (let tried = 0; tried <= 2 * this.#vcpus.length; tried++) {
      const vcpu = this.#vcpus[this.turn];
      const inTurn = vcpu !== undefined && this.#clock.instructionsInRound(vcpu.number) < this.#quantum;
      const givesWay = vcpu?.givesWay;
      if (vcpu) vcpu.givesWay = false;
      if (vcpu && inTurn && !givesWay && this.#isAwake(vcpu)) return this.#dispatched(vcpu);
      this.turn++;
      if (this.turn < this.#vcpus.length) continue;
      this.turn = 0;
      this.#clock.nextRound();
      if (this.#vcpus.some((one) => this.#isAwake(one))) continue;
      const slept = this.#sleepUntilTimer();
      if (slept === undefined) return undefined;
      if (watch.idle?.(slept) === true) return 'idle';
    }
    return undefined;
  }
  /** The guest is told when one of its vCPUs runs and when it waits. */
  #dispatched(vcpu: Vcpu): Vcpu {
    if (vcpu.dispatched) return vcpu;
    vcpu.dispatched = true;
    countYield(this.#around.space.memory, vcpu);
    logDispatch(this.#around.space.memory, vcpu, this.#clock.ticks(vcpu.number));
    return vcpu;
  }
  #isAwake(vcpu: Vcpu): boolean {
    if (this.#only !== undefined && vcpu.number !== this.#only) return false;
    const { interrupts } = this.#around.space;
    const interrupted = () => interrupts.isPending(vcpu.number) || this.#decrementerIsDue(vcpu);
    if (vcpu.state === 'ceded' && vcpu.wakes === 'until an interrupt' && interrupted()) vcpu.state = 'running';
    return vcpu.state === 'running';
  }
  /** How many nanoseconds passed; undefined: nobody waits for a timer. */
  #sleepUntilTimer(): number | undefined {
    const expiries = this.#vcpus
      .filter(({ state, wakes }) => state === 'ceded' && wakes === 'until an interrupt')
      .map(({ registers }) => registers.special('decrementerExpiry'));
    const [first, ...others] = expiries;
    if (first === undefined) return undefined;
    const before = this.#clock.nanoseconds(0);
    this.#clock.idleUntil(others.reduce((least, one) => (one < least ? one : least), first) + 1n);
    return this.#clock.nanoseconds(0) - before;
  }

  /** The decrementer is negative (Book III-S 7.3): its 32 bits, as the number that mfdec reads. */
  #decrementerIsDue({ number, registers }: Vcpu): boolean {
    return ((registers.special('decrementerExpiry') - this.#clock.ticks(number)) & SIGN_BIT) !== 0n;
  }
  /** External interrupts first (Book III-S 6.7.2): a level, which stays until the guest has asked for its source. */
  #takeInterrupt(vcpu: Vcpu): boolean {
    if (!takesInterrupts(vcpu)) return false;
    const external = this.#around.space.interrupts.isPending(vcpu.number);
    if (!external && !this.#decrementerIsDue(vcpu)) return false;
    const vector = external ? vectors.external : vectors.decrementer;
    vcpu.stage = { at: 'interrupt', interrupt: interruptAt(vector), trap: undefined };
    return true;
  }

  /** Instructions that a vCPU begins before its decrementer is due, whether it takes interrupts now or not. */
  #untilDecrementer(vcpu: Vcpu): number {
    if (this.#decrementerIsDue(vcpu)) return Infinity;
    const now = this.#clock.ticks(vcpu.number);
    const decrementer = BigInt.asUintN(32, vcpu.registers.special('decrementerExpiry') - now);
    return this.#clock.instructionsUntil(vcpu.number, now + decrementer + 1n);
  }

  /** Branching to itself a number of times leaves a vCPU as it was: only time passes. Returns how often. */
  #wait(vcpu: Vcpu, most: number, watch: Watch): number {
    if (watch.breakpoints.has(vcpu.registers.special('nia'))) return 0;
    if (takesInterrupts(vcpu) && this.#decrementerIsDue(vcpu)) return 0;
    const times = Math.max(0, this.#budget(vcpu, most));
    vcpu.count(times);
    return times;
  }

  /** A lone vCPU that branches to itself with interrupts off will do so for ever. */
  #standsStill(vcpu: Vcpu): Stopped | undefined {
    const address = vcpu.registers.special('nia');
    const enabled = (vcpu.registers.special('msr') & msr.mask.EE) !== 0n;
    const alone = this.#vcpus.every((other) => other === vcpu || other.state === 'stopped');
    if (enabled || !alone) return undefined;
    const why = `the guest branches to itself at 0x${address.toString(16)} with interrupts disabled.`;
    return { kind: 'stuck', vcpu: vcpu.number, why };
  }
}

const takesInterrupts = ({ registers: { view, base } }: Vcpu): boolean =>
  (view.getUint32(base + specialOffsets.msr, true) & EXTERNAL_ENABLED) !== 0;

/** Instructions that all vCPUs together have begun. */
export const instructionTotal = (vcpus: readonly Vcpu[]): number =>
  vcpus.reduce((total, { instructionCount }) => total + instructionCount, 0);

const endless = ({ registers }: Vcpu): string =>
  `interrupts follow one another at 0x${registers.special('nia').toString(16)} and no instruction completes.`;
