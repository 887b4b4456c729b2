import type { EventKind, MachineEvent, RunOutcome, Watch } from '../../emulator/index';
import type { DataBreakpoints } from './data-breakpoints';
import { isSamePlace, realModeAliases } from '../symbols/real-mode';
import type { Breakpoints } from './breakpoints';
import { isRealMode, vcpuOf, type Guest } from './guest';
import type { Action, Plan } from './step-plans';
import type { Ending, Stop } from './stop';

/** Instructions between two looks at what the client wants: about a millisecond. */
const SLICE = 20_000;
/** A single step costs much more than an instruction in a run. */
const STEPS_IN_SLICE = 200;

/** Who wants to know what the guest does. */
export interface RunnerListener {
  stopped(stop: Stop): void;
  ended(ending: Ending): void;
  /** An error of Key31 itself: the guest can no longer be relied on. */
  failed(error: unknown): void;
  console(bytes: Uint8Array): void;
  say(text: string): void;
}

/** What to stop at. */
export interface StopRules {
  readonly breakpoints: Breakpoints;
  readonly eventKinds: () => ReadonlySet<EventKind>;
  /** Asked of each event of those kinds; it may say something instead of stopping. */
  readonly stopsAt: (guest: Guest, event: MachineEvent) => boolean;
  readonly data: DataBreakpoints;
}

interface Running {
  readonly vcpu: number;
  readonly plan: Plan | undefined;
  action: Action | undefined;
}

/** Runs a guest in slices, so that a request is answered while it runs, and says where it has stopped. */
export class Runner {
  readonly #guest: Guest;
  readonly #rules: StopRules;
  readonly #listener: RunnerListener;
  readonly #limit: number;
  #running: Running | undefined;
  #pauseRequested = false;
  #only: number | undefined;
  #discarded = false;
  /** Where the guest was found stuck: it is told once, and going on from there ends the session. */
  #stuckAt: number | undefined;

  constructor(guest: Guest, rules: StopRules, listener: RunnerListener, limit = Infinity) {
    this.#guest = guest;
    this.#rules = rules;
    this.#listener = listener;
    this.#limit = limit;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Runs until something stops it; with a plan, until its actions are done. `vcpu` is the one that a person looks at; `alone`: no other runs. */
  start(vcpu: number, plan?: Plan, alone = false): void {
    this.#pauseRequested = false;
    this.#running = { vcpu, plan, action: undefined };
    this.#only = alone ? vcpu : undefined;
    if (plan) this.#nextAction();
    this.#schedule();
  }

  pause(): void {
    this.#pauseRequested = true;
  }

  /** Stops for good, and says nothing more. */
  discard(): void {
    this.#discarded = true;
    this.#running = undefined;
  }

  #schedule(): void {
    setImmediate(() => {
      if (this.#discarded || !this.#running) return;
      try {
        this.#slice(this.#running);
      } catch (error) {
        this.#running = undefined;
        this.#listener.failed(error);
        return;
      }
      if (this.isRunning) this.#schedule();
    });
  }

  #slice(running: Running): void {
    if (this.#pauseRequested) return this.#stop({ kind: 'pause', vcpu: running.vcpu });
    if (running.action?.kind !== 'step') return this.#take(this.#run(running));
    for (let steps = 0; steps < STEPS_IN_SLICE; steps++) {
      if (!this.#takeStep(running)) return;
    }
  }

  #run({ action }: Running): RunOutcome {
    const { target } = this.#guest;
    const temporary = action?.kind === 'run-to' ? realModeAliases(action.address) : [];
    const budget = Math.min(SLICE, this.#limit - target.instructionCount);
    return budget <= 0 ? { kind: 'budget' } : target.run(budget, this.#watch(temporary));
  }

  #watch(temporary: readonly bigint[]): Watch {
    return {
      breakpoints: new Set([...this.#rules.breakpoints.addresses(), ...temporary]),
      events: this.#rules.eventKinds(),
      event: (event) => this.#rules.stopsAt(this.#guest, event),
      only: this.#only,
      memory: this.#rules.data.memory,
      values: this.#rules.data.values,
      touched: (touched) => this.#rules.data.hit(this.#guest, touched),
      console: (bytes) => this.#listener.console(bytes),
    };
  }

  /** One step of a plan; true when another one follows. */
  #takeStep(running: Running): boolean {
    const { target } = this.#guest;
    const outcome = target.step(running.vcpu, this.#watch([]));
    if (outcome.kind !== 'budget' || target.instructionCount >= this.#limit) {
      this.#take(outcome);
      return false;
    }
    if (!this.#nextAction()) return false;
    // A step that goes on passes places where a run would have stopped.
    const of = vcpuOf(this.#guest, running.vcpu);
    const hits = this.#rules.breakpoints.hit(of, of.vcpu.instructionAddress, (text) => this.#listener.say(text));
    if (hits.length > 0) this.#stop({ kind: 'breakpoint', vcpu: running.vcpu, hits });
    return hits.length === 0 && running.action?.kind === 'step';
  }

  /** Goes on to the plan's next action; false when there is none and the guest has stopped. */
  #nextAction(): boolean {
    const running = this.#running;
    if (!running?.plan) return false;
    const next = running.plan.next();
    if (next.done !== true) {
      running.action = next.value;
      return true;
    }
    this.#stop({ kind: 'step', vcpu: running.vcpu });
    return false;
  }

  #take(outcome: RunOutcome): void {
    switch (outcome.kind) {
      case 'budget':
        if (this.#guest.target.instructionCount >= this.#limit) this.#end({ kind: 'limit', instructions: this.#limit });
        return;
      case 'breakpoint':
        return this.#takeBreakpoint(outcome.vcpu, outcome.address);
      case 'touched': {
        const { touched, vcpu } = outcome;
        return this.#stop({ kind: 'touched', vcpu, touched, watch: this.#rules.data.hitBy(touched) });
      }
      case 'event':
        return this.#stop({ kind: 'event', vcpu: outcome.vcpu, event: outcome.event });
      case 'stuck':
        if (this.#stuckAt === this.#guest.target.instructionCount) return this.#end(outcome);
        this.#stuckAt = this.#guest.target.instructionCount;
        return this.#stop(outcome);
      case 'powered-off':
        return this.#end(outcome);
    }
  }

  #takeBreakpoint(vcpu: number, address: bigint): void {
    const of = vcpuOf(this.#guest, vcpu);
    const action = this.#running?.action;
    const hits = this.#rules.breakpoints.hit(of, address, (text) => this.#listener.say(text));
    if (hits.length > 0) return this.#stop({ kind: 'breakpoint', vcpu, hits });
    if (action?.kind !== 'run-to' || vcpu !== this.#running?.vcpu) return;
    if (isSamePlace(action.address, address, isRealMode(of.vcpu)) && action.arrived()) this.#nextAction();
  }

  #stop(stop: Stop): void {
    this.#running = undefined;
    this.#listener.stopped(stop);
  }
  #end(ending: Ending): void {
    this.#running = undefined;
    this.#listener.ended(ending);
  }
}
