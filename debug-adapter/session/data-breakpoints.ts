import type { Touched, WatchedMemory, WatchedValue } from '../../emulator/index';
import { condition, type Condition } from '../conditions/condition';
import { ExpressionError, type Names } from '../conditions/expression';
import type { Guest, VcpuOfGuest } from './guest';
import { vcpuOf } from './guest';
import { hitCondition } from './hit-condition';
import { namesOf } from './names';
import { watchPlace, type PlacedWatch } from './watch-place';

export interface DataBreakpointRequest {
  readonly dataId: string;
  readonly accessType?: string | undefined;
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
}
export interface DataBreakpoint {
  readonly id: number;
  readonly problem: string | undefined;
  readonly description: string;
}

interface Subject {
  readonly of: VcpuOfGuest;
  readonly touched: Touched;
}
interface LiveWatch {
  readonly id: number;
  readonly dataId: string;
  readonly description: string;
  readonly access: 'read' | 'write' | 'readWrite';
  readonly placed: PlacedWatch;
  readonly condition: Condition<Subject> | undefined;
  readonly isHit: (hits: number) => boolean;
  hits: number;
}

/** A condition may name what stood there before and what stands there now, beside all that any condition may. */
function subjectNames(of: VcpuOfGuest, touched?: Touched): Names {
  const guest = namesOf(of);
  const own: Readonly<Record<string, () => bigint | boolean | undefined>> = {
    old: () => touched?.from,
    new: () => touched?.to,
    address: () => touched?.address,
    store: () => touched?.isWrite,
    pc: () => touched?.by.address,
  };
  const isOwn = (name: string) => Object.hasOwn(own, name);
  return {
    ...guest,
    typeOf: (name) => (isOwn(name) ? (name === 'store' ? 'boolean' : 'number') : guest.typeOf(name)),
    valueOf: (name) => (isOwn(name) ? own[name]?.() : guest.valueOf(name)),
  };
}

/** DAP's data breakpoints: watches on memory, page table entries, slots, registers and SLB entries. */
export class DataBreakpoints {
  #watches: LiveWatch[] = [];
  #nextId = 1_000_000;

  set(requested: readonly DataBreakpointRequest[], on: VcpuOfGuest): readonly DataBreakpoint[] {
    this.#watches = [];
    return requested.map((request) => this.add(request, on));
  }

  /** One more; a problem leaves it out. */
  add(request: DataBreakpointRequest, on: VcpuOfGuest): DataBreakpoint {
    const id = this.#nextId++;
    try {
      const made = makeWatch(id, request, on);
      this.#watches.push(made);
      return { id, problem: undefined, description: made.description };
    } catch (error) {
      if (error instanceof ExpressionError) return { id, problem: error.message, description: request.dataId };
      throw error;
    }
  }
  remove(id: number): boolean {
    const before = this.#watches.length;
    this.#watches = this.#watches.filter((watch) => watch.id !== id);
    return this.#watches.length < before;
  }

  get list(): readonly {
    readonly id: number;
    readonly dataId: string;
    readonly description: string;
    readonly hits: number;
  }[] {
    return this.#watches;
  }

  /** What the machine is to watch, in the order in which it counts them. */
  get memory(): readonly WatchedMemory[] {
    return this.#watches.flatMap(({ placed }) => (placed.kind === 'memory' ? [placed.memory] : []));
  }
  get values(): readonly WatchedValue[] {
    return this.#watches.flatMap(({ placed }) => (placed.kind === 'value' ? [placed.value] : []));
  }

  #watchOf({ what, number }: Touched): LiveWatch | undefined {
    return this.#watches.filter(({ placed }) => placed.kind === what)[number];
  }
  /** Counts a hit; whether the guest is to stop. */
  hit(guest: Guest, touched: Touched): boolean {
    const watch = this.#watchOf(touched);
    if (!watch) return false;
    const subject = { of: vcpuOf(guest, touched.vcpu), touched };
    if (watch.condition && !watch.condition.holds(subject)) return false;
    watch.hits += 1;
    return watch.isHit(watch.hits);
  }
  /** Which watch it was. */
  hitBy(touched: Touched): { readonly id: number; readonly dataId: string; readonly description: string } | undefined {
    return this.#watchOf(touched);
  }

  /** Makes ready for a new run of the guest: what is watched means the same in it. */
  startAgain(on: VcpuOfGuest): void {
    const requests = this.#watches;
    this.#watches = [];
    for (const { id, dataId, access, condition: when, isHit } of requests) {
      const place = watchPlace(on, dataId);
      if (place)
        this.#watches.push({
          id,
          dataId,
          access,
          description: place.description,
          placed: place.watch(on, access),
          condition: when,
          isHit,
          hits: 0,
        });
    }
  }
}

function makeWatch(id: number, request: DataBreakpointRequest, on: VcpuOfGuest): LiveWatch {
  const place = watchPlace(on, request.dataId);
  if (!place) throw new ExpressionError(`"${request.dataId}" is nothing that can be watched.`);
  const access = place.accessTypes.find((one) => one === (request.accessType ?? 'write'));
  if (!access)
    throw new ExpressionError(`Of ${place.description} only ${place.accessTypes.join(', ')} can be watched.`);
  const given = (text: string | undefined) => (text === undefined || text.trim() === '' ? undefined : text);
  const [when, count] = [given(request.condition), given(request.hitCondition)];
  return {
    id,
    dataId: place.dataId,
    description: place.description,
    access,
    placed: place.watch(on, access),
    condition:
      when === undefined
        ? undefined
        : condition(when, subjectNames(on), ({ of, touched }: Subject) => subjectNames(of, touched)),
    isHit: count === undefined ? () => true : hitCondition(count),
    hits: 0,
  };
}
