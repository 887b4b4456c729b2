/** When what happens to a guest from outside happens: at instruction counts, at stages of a fault, or at random. */
import { HOST_PAGE_SIZE } from '../host/area';
import { begin, finish, type Begun, type HostSide } from './host-action';
import type { ActionResult, HostAction, HostEventConfiguration, RandomHostEvents } from './host-event';
import { hostEvent, type Happening } from './report';
import type { Vcpu } from './vcpu';

const randomActions = ['swap-out', 'migrate', 'merge', 'fork', 'age'] as const;

/** All that changes, as plain data, for checkpoints. */
export interface HostEventState {
  waiting: readonly HostEventConfiguration[];
  begun: readonly { readonly until: number; readonly action: HostAction; readonly begun: Begun }[];
  /** Of the generator. */
  random: number;
  nextRandom: number;
}

export class HostEvents {
  state: HostEventState;
  readonly #host: HostSide;
  readonly #random: RandomHostEvents | undefined;

  constructor(host: HostSide, events: readonly HostEventConfiguration[], random: RandomHostEvents | undefined) {
    this.#host = host;
    this.#random = random;
    this.state = {
      waiting: [...events].sort((a, b) => a.at - b.at),
      begun: [],
      random: random?.seed ?? 0,
      nextRandom: Infinity,
    };
    if (random) this.#draw(random, 0);
  }

  /** Instructions until the next look, at a count of instructions of all vCPUs. */
  until(count: number): number {
    const { waiting, begun, nextRandom } = this.state;
    if (waiting.length === 0 && begun.length === 0) return nextRandom - count;
    const ahead = [...waiting.map(({ at }) => at), ...begun.map(({ until }) => until), nextRandom];
    return Math.min(...ahead.filter((at) => at > count)) - count;
  }

  /** Does what is due. */
  happen(count: number, vcpus: readonly Vcpu[]): readonly Happening[] {
    const { waiting, begun, nextRandom } = this.state;
    if (waiting.length === 0 && begun.length === 0 && nextRandom > count) return [];
    const happenings: Happening[] = [];
    for (const one of begun.filter(({ until }) => until <= count)) {
      this.state.begun = this.state.begun.filter((other) => other !== one);
      happenings.push(hostEvent(one.action, finish(this.#host, one.begun), 'ends'));
    }
    for (const event of waiting.filter((one) => isDue(one, count, vcpus))) {
      this.state.waiting = this.state.waiting.filter((other) => other !== event);
      happenings.push(this.#begin(event, count));
    }
    if (this.#random && nextRandom <= count) happenings.push(this.#drawn(this.#random, count));
    return happenings;
  }

  /** Something has begun that KVM must wait for the end of. */
  get underWay(): boolean {
    return this.state.begun.length > 0;
  }

  /** Does something now. */
  act(action: HostAction): ActionResult {
    return finish(this.#host, begin(this.#host, action));
  }

  #begin({ action, lasting }: HostEventConfiguration, count: number): Happening {
    const begun = begin(this.#host, action);
    if (lasting === 0 || begun.kind === 'over') return hostEvent(action, finish(this.#host, begun), 'happens');
    this.state.begun = [...this.state.begun, { until: count + lasting, action, begun }];
    return hostEvent(action, { done: true, text: 'under way' }, 'begins');
  }

  #draw({ every }: RandomHostEvents, count: number): void {
    this.state.nextRandom = count + 1 + this.#below(2 * every);
  }
  #drawn(random: RandomHostEvents, count: number): Happening {
    const kind = randomActions[this.#below(randomActions.length)] ?? 'age';
    const slot = this.#host.kvm.slots[0];
    const most = Number((slot?.size ?? 0n) / BigInt(HOST_PAGE_SIZE));
    const length = 1 + this.#below(16);
    const first = this.#below(Math.max(1, most - length));
    const action: HostAction = {
      kind,
      guestPhysicalAddress: (slot?.baseAddress ?? 0n) + BigInt(first * HOST_PAGE_SIZE),
      size: BigInt(length * HOST_PAGE_SIZE),
    };
    this.#draw(random, count);
    return hostEvent(action, this.act(action), 'happens');
  }
  /** A number below `limit`: 32-bit xorshift, so that a run is the same everywhere. */
  #below(limit: number): number {
    let x = (this.state.random + 0x9e37_79b9) >>> 0;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state.random = x >>> 0;
    return this.state.random % limit;
  }
}

const isDue = ({ at, stage }: HostEventConfiguration, count: number, vcpus: readonly Vcpu[]): boolean =>
  at <= count && (stage === undefined || vcpus.some((vcpu) => vcpu.stage.at === stage));
