/** What a debugger watches beside breakpoints and faults: memory, named values, the page table, the SLB. */
import { guestPage, isPresent } from '../kvm/entry-rules';
import { hostAddressOf, usableSlot, type Kvm } from '../kvm/kvm';
import { hypercalls } from '../kvm/hypercalls/table';
import type { SlbEntry } from '../cpu/registers';
import type { ObservedStretch } from '../engine/observation';
import { ENTRIES_IN_GROUP, hpteFirst, hpteSecond } from '../mmu/hashed-page-table-entry';
import { virtualPageOf } from '../mmu/hashed-page-table';
import { codePages, slb } from '../state/layout';
import type { Actor, Touched, Watch, WatchedMemory } from './debug-target';
import type { GuestMemory } from './guest-memory';
import { hypercallName, userSpaceHypercalls } from './hypercalls/table';
import type { EventFields, Happening } from './report';
import { heldAddress, type Stage, type Vcpu } from './vcpu';

interface Parts {
  readonly kvm: Kvm;
  readonly vcpus: readonly Vcpu[];
  readonly memory: GuestMemory;
  readonly view: DataView;
}

/** Where a vCPU was before a move. */
interface Before {
  readonly stage: Stage;
  readonly address: bigint;
  readonly arguments: readonly bigint[];
  /** It was no move of the vCPU, but something that the host did meanwhile. */
  readonly host?: true;
}

const PAGE = 0x1000;
const HYPERCALL_ARGUMENTS = 9;

/** Looks at what a move of a vCPU has done. Costs nothing while nothing is watched. */
export class Observer {
  readonly #parts: Parts;
  #watch: Watch | undefined;
  #marked: readonly number[] = [];
  #markedFor = '';
  /** Which watch each observed stretch belongs to. */
  #owners = new Map<ObservedStretch, number>();
  #values: (bigint | undefined)[] = [];
  #segments = new Map<number, readonly SlbEntry[]>();
  #before: Before | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The marks of watched pages are gone: they are set anew when a run begins. */
  marksForgotten(): void {
    this.#markedFor = '';
  }

  /** A run begins. */
  begin(watch: Watch): void {
    const memory = watch.memory ?? [];
    const values = watch.values ?? [];
    const table =
      watch.events.has('hpte-inserted') || watch.events.has('hpte-removed') || watch.events.has('hpte-changed');
    const segments = watch.events.has('slb-change');
    this.#parts.kvm.table.journal = table ? new Map() : undefined;
    this.#parts.memory.journal = memory.length > 0 ? [] : undefined;
    this.#watch = table || segments || memory.length > 0 || values.length > 0 ? watch : undefined;
    this.#values = values.map(({ read }) => read());
    this.#segments.clear();
    for (const vcpu of this.#parts.vcpus) {
      vcpu.storage.observation.segments = segments;
      vcpu.storage.observation.accesses = [];
      vcpu.registers.segmentsWritten = false;
      if (segments) this.#segments.set(vcpu.number, segmentsOf(vcpu));
    }
    this.#markMemory(memory);
  }

  /** Instructions that a move may have at most. */
  longest(asked: number): number {
    return this.#watch?.values?.some(({ everyInstruction }) => everyInstruction) ? 1 : asked;
  }

  /** A move is about to begin. */
  moveBegins(vcpu: Vcpu): void {
    if (!this.#watch) return;
    const { stage, registers } = vcpu;
    const given = stage.at === 'hypercall' ? HYPERCALL_ARGUMENTS : 0;
    this.#before = {
      stage,
      address: heldAddress(vcpu),
      arguments: Array.from({ length: given }, (_, index) => registers.gpr(4 + index)),
    };
  }

  /** What is found now is the host's doing, between two moves. */
  hostActed(vcpu: Vcpu): void {
    if (this.#watch) this.#before = { stage: vcpu.stage, address: heldAddress(vcpu), arguments: [], host: true };
  }

  /** What the move has done to the page table and the SLB. */
  happenings(vcpu: Vcpu): readonly Happening[] {
    if (!this.#watch) return [];
    return [...this.#tableHappenings(vcpu), ...this.#segmentHappenings(vcpu)];
  }

  /** The first of what is watched that the move has touched, and that the watch wants to stop at. */
  touched(vcpu: Vcpu): Touched | undefined {
    const watch = this.#watch;
    const before = this.#before;
    if (!watch || !before) return undefined;
    const all = [...this.#touchedMemory(vcpu, before), ...this.#changedValues(vcpu, before)];
    if (watch.memory !== undefined && (before.host || before.stage.at !== 'guest')) this.#markMemory(watch.memory);
    return all.find((one) => watch.touched?.(one) ?? true);
  }

  #touchedMemory(vcpu: Vcpu, before: Before): Touched[] {
    const { observation } = vcpu.storage;
    const accesses = observation.accesses;
    const written = this.#parts.memory.journal ?? [];
    if (accesses.length === 0 && written.length === 0) return [];
    observation.accesses = [];
    if (this.#parts.memory.journal) this.#parts.memory.journal = [];
    // An instruction that was interrupted has done nothing, and will come again.
    const done = before.stage.at === 'guest' && vcpu.stage.at !== 'guest' ? [] : accesses;
    const by = this.#actor(vcpu, before);
    const { registers } = vcpu;
    // The run has ended right after the instruction, and no load or store branches.
    const instruction: Actor = { kind: 'instruction', address: BigInt.asUintN(64, registers.special('nia') - 4n) };
    const direct = done.map(({ stretch, effectiveAddress, isWrite, before: from, after: to }) => ({
      what: 'memory' as const,
      number: this.#owners.get(stretch) ?? 0,
      vcpu: vcpu.number,
      address: effectiveAddress,
      isWrite,
      from,
      to,
      by: instruction,
    }));
    return [...direct, ...this.#writtenByOthers(vcpu, written, by)];
  }
  #writtenByOthers(vcpu: Vcpu, written: readonly { address: bigint; length: number }[], by: Actor): Touched[] {
    return (this.#watch?.memory ?? []).flatMap(({ address, length, access }, number) => {
      if (access === 'read') return [];
      return written
        .filter((one) => one.address < address + BigInt(length) && address < one.address + BigInt(one.length))
        .map((one): Touched => ({
          what: 'memory',
          number,
          vcpu: vcpu.number,
          address: one.address,
          isWrite: true,
          from: undefined,
          to: undefined,
          by,
        }));
    });
  }
  #changedValues(vcpu: Vcpu, before: Before): Touched[] {
    return (this.#watch?.values ?? []).flatMap(({ read }, number) => {
      const from = this.#values[number];
      const to = read();
      if (from === to) return [];
      this.#values[number] = to;
      return [
        {
          what: 'value',
          number,
          vcpu: vcpu.number,
          address: before.address,
          isWrite: true,
          from,
          to,
          by: this.#actor(vcpu, before),
        },
      ];
    });
  }

  #actor(vcpu: Vcpu, { stage, address, arguments: given, host }: Before): Actor {
    if (host) return { kind: 'host', address };
    switch (stage.at) {
      case 'guest':
        return { kind: 'instruction', address };
      case 'hypercall': {
        const known = hypercalls.get(stage.number) ?? userSpaceHypercalls.get(stage.number);
        const parameters = known?.parameters ?? ['r4', 'r5', 'r6', 'r7'];
        return {
          kind: 'hypercall',
          name: hypercallName(stage.number) ?? `hypercall 0x${stage.number.toString(16)}`,
          address,
          arguments: parameters.map((name, index) => [name, given[index] ?? 0n]),
        };
      }
      case 'storage-trap':
      case 'page-fault':
      case 'insert-entry':
      case 'emulate-mmio':
        return {
          kind: 'hypervisor',
          name: functionOf[stage.at],
          address,
          effectiveAddress: stage.trap.effectiveAddress,
        };
      case 'mmio-exit':
        return { kind: 'device', address, guestPhysicalAddress: stage.guestPhysicalAddress };
      case 'interrupt':
        return { kind: 'interrupt', vector: stage.interrupt.vector, address };
      case 'failed':
        return { kind: 'instruction', address: heldAddress(vcpu) };
    }
  }

  #tableHappenings(vcpu: Vcpu): Happening[] {
    const { kvm } = this.#parts;
    const journal = kvm.table.journal;
    if (!journal || journal.size === 0) return [];
    kvm.table.journal = new Map();
    return [...journal].flatMap(([index, old]) => this.#entryHappening(vcpu, index, old));
  }
  #entryHappening(vcpu: Vcpu, index: number, old: { first: bigint; second: bigint }): Happening[] {
    const { kvm } = this.#parts;
    const now = { first: kvm.table.first(index), second: kvm.table.second(index) };
    const [was, is] = [isPresent(old.first), isPresent(now.first)];
    const same = old.first === now.first && ((old.second ^ now.second) & ~USE_BITS) === 0n;
    if ((!was && !is) || (was && is && same)) return [];
    const kind = was ? (is ? 'hpte-changed' : 'hpte-removed') : 'hpte-inserted';
    const before = this.#before;
    return [{ kind, fields: () => this.#entryFields(vcpu, index, old, now, before) }];
  }
  #entryFields(
    vcpu: Vcpu,
    index: number,
    old: { first: bigint; second: bigint },
    now: { first: bigint; second: bigint },
    before: Before | undefined,
  ): EventFields {
    const { kvm } = this.#parts;
    const { first, second } = isPresent(now.first) ? now : old;
    const group = Math.floor(index / ENTRIES_IN_GROUP);
    const decoded = hpteSecond.decode(second);
    const decodedOld = hpteSecond.decode(old.second);
    const actor = before && this.#actor(vcpu, before);
    return {
      vcpu: BigInt(vcpu.number),
      pc: before?.address ?? 0n,
      hpte: BigInt(index),
      va: virtualPageOf(first, second, group, kvm.table.groupCount).virtualAddress,
      gpa: guestPage(first, kvm.reverseMap.guestSecond(index))?.address,
      valid: hpteFirst.decode(now.first).valid,
      absent: hpteFirst.decode(now.first).absent,
      key: decoded.key,
      pp: decoded.protection,
      first: now.first,
      second: now.second,
      oldFirst: old.first,
      oldSecond: old.second,
      oldKey: decodedOld.key,
      oldPp: decodedOld.protection,
      by: actor && 'name' in actor ? actor.name : actor?.kind,
    };
  }

  #segmentHappenings(vcpu: Vcpu): Happening[] {
    if (!vcpu.storage.observation.segments || !vcpu.registers.segmentsWritten) return [];
    vcpu.registers.segmentsWritten = false;
    const old = this.#segments.get(vcpu.number) ?? [];
    const now = segmentsOf(vcpu);
    this.#segments.set(vcpu.number, now);
    const changed = now.flatMap((entry, index) => (isSameEntry(entry, old[index]) ? [] : [index]));
    const [index] = changed;
    const entry = index === undefined ? undefined : now[index];
    if (index === undefined || !entry) return [];
    const pc = BigInt.asUintN(64, vcpu.registers.special('nia') - 4n);
    const fields = { vcpu: BigInt(vcpu.number), pc, index: BigInt(index), count: BigInt(changed.length), ...entry };
    return [{ kind: 'slb-change', fields: () => fields }];
  }

  /** Keeps the pages of watched memory out of all TLBs. Pages come and go, so this is done anew after the host has run. */
  #markMemory(watched: readonly WatchedMemory[]): void {
    if (watched.length === 0 && this.#marked.length === 0) return;
    const stretches = watched.flatMap((one, number) => this.#stretchesOf(one).map((stretch) => ({ stretch, number })));
    const key = JSON.stringify(stretches);
    if (key === this.#markedFor) return;
    this.#markedFor = key;
    const { view, vcpus } = this.#parts;
    const marks = codePages.loads | codePages.stores;
    for (const page of this.#marked)
      view.setUint8(codePages.base + page, view.getUint8(codePages.base + page) & ~marks);
    this.#owners = new Map(stretches.map(({ stretch, number }) => [stretch, number]));
    this.#marked = stretches.map(({ stretch }) => {
      const page = Math.floor(stretch.start / PAGE);
      const mark = (stretch.loads ? codePages.loads : 0) | codePages.stores;
      view.setUint8(codePages.base + page, view.getUint8(codePages.base + page) | mark);
      return page;
    });
    for (const { storage } of vcpus) {
      storage.observation.stretches = [...this.#owners.keys()];
      storage.translationChanged();
    }
  }
  /** The parts of it that the host has in memory now, cut at pages. */
  #stretchesOf({ address, length, access }: WatchedMemory): ObservedStretch[] {
    const { kvm } = this.#parts;
    const stretches: ObservedStretch[] = [];
    for (let at = address; at < address + BigInt(length); at = (at | BigInt(PAGE - 1)) + 1n) {
      const slot = usableSlot(kvm, at);
      const hostVirtual = slot && hostAddressOf(slot, at);
      const page = hostVirtual === undefined ? undefined : kvm.process.presentPage(hostVirtual);
      if (!page || hostVirtual === undefined || page.cacheInhibited) continue;
      const start = Number(page.realAddress + (hostVirtual & BigInt(page.pageSize - 1)));
      const toPageEnd = PAGE - (start % PAGE);
      stretches.push({
        start,
        length: Math.min(toPageEnd, Number(address + BigInt(length) - at)),
        loads: access !== 'write',
        stores: access !== 'read',
      });
    }
    return stretches;
  }
}

const functionOf = {
  'storage-trap': 'kvmppc_hpte_hv_fault',
  'page-fault': 'kvmppc_book3s_hv_page_fault',
  'insert-entry': 'kvmppc_book3s_hv_page_fault',
  'emulate-mmio': 'kvmppc_hv_emulate_mmio',
} as const;

const USE_BITS = hpteSecond.mask.referenced | hpteSecond.mask.changed;
const segmentsOf = ({ registers }: Vcpu): readonly SlbEntry[] =>
  Array.from({ length: slb.entries }, (_, index) => registers.slbEntry(index));
const isSameEntry = (a: SlbEntry, b: SlbEntry | undefined): boolean => a.esid === b?.esid && a.vsid === b.vsid;
