/** Guest time. vCPUs take turns, and a round of turns is one stretch of time that all of them live through. */
import { NANOSECONDS_PER_INSTRUCTION, nanosecondsFor, ticksIn } from './processor-models';

/** 1 January 2026, when every machine is switched on: seconds since 1970. */
const SWITCHED_ON = 1_767_225_600;

/** All that a clock is, as plain data. */
export interface ClockState {
  readonly startOfTime: number;
  readonly round: number;
  readonly inRound: readonly number[];
}

export class Clock {
  /** What the clock of the day says at the start of guest time, in seconds since 1970. */
  startOfTime = SWITCHED_ON;
  /** Nanoseconds at which the present round began. */
  #round = 0;
  /** Instructions that each vCPU has begun in this round. */
  readonly #inRound: number[];

  constructor(vcpus: number) {
    this.#inRound = Array.from({ length: vcpus }, () => 0);
  }

  get state(): ClockState {
    return { startOfTime: this.startOfTime, round: this.#round, inRound: this.#inRound };
  }
  set state({ startOfTime, round, inRound }: ClockState) {
    this.startOfTime = startOfTime;
    this.#round = round;
    this.#inRound.splice(0, this.#inRound.length, ...inRound);
  }

  nanoseconds(vcpu: number): number {
    return this.#round + this.instructionsInRound(vcpu) * NANOSECONDS_PER_INSTRUCTION;
  }
  ticks(vcpu: number): bigint {
    return ticksIn(this.nanoseconds(vcpu));
  }
  instructionsInRound(vcpu: number): number {
    return this.#inRound[vcpu] ?? 0;
  }
  count(vcpu: number, instructions: number): void {
    this.#inRound[vcpu] = this.instructionsInRound(vcpu) + instructions;
  }
  /** How many instructions this vCPU begins before so many ticks have passed. */
  instructionsUntil(vcpu: number, ticks: bigint): number {
    return Math.ceil((nanosecondsFor(ticks) - this.nanoseconds(vcpu)) / NANOSECONDS_PER_INSTRUCTION);
  }
  /** All have had their turn: the round lasted as long as the longest of them. */
  nextRound(): void {
    this.#round += Math.max(...this.#inRound) * NANOSECONDS_PER_INSTRUCTION;
    this.#inRound.fill(0);
  }
  /** Nobody runs until then: time passes at once. */
  idleUntil(ticks: bigint): void {
    this.nextRound();
    this.#round = Math.max(this.#round, nanosecondsFor(ticks));
  }
}
