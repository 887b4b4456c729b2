/**
 * Random slots, hypercalls, accesses and host events against a plain model: no access reaches a page that the model
 * forbids, no write and no dirty bit is lost, the reverse map and the page table agree, no entry stays locked.
 * KEY31_OPERATIONS says how many operations, for each behaviour that listens to the host.
 */
import { expect, describe, it } from 'vitest';
import { beginRegionChange, finishRegionChange, type RegionChange } from '../../../emulator/kvm/set-memory-region';
import { getDirtyLog } from '../../../emulator/kvm/dirty-log';
import { emulateMmio } from '../../../emulator/kvm/fault/emulate-mmio';
import { takeStorageTrap } from '../../../emulator/kvm/fault/hdsi';
import { handlePageFault, insertEntry } from '../../../emulator/kvm/fault/page-fault';
import type { Next } from '../../../emulator/kvm/fault/stage';
import { fork, merge, migrate, swapOut } from '../../../emulator/host/memory-management';
import type { MemoryRegion } from '../../../emulator/kvm/memory-slots';
import { guestPage } from '../../../emulator/kvm/entry-rules';
import { translationResults } from '../../../emulator/state/layout';
import { GuestMemoryModel, HOST_PAGE, SMALL_PAGE } from '../../support/guest-memory-model';
import {
  H_BULK_REMOVE,
  H_CLEAR_MOD,
  H_CLEAR_REF,
  H_ENTER,
  H_PROTECT,
  H_READ,
  H_REMOVE,
  HPTE_R_C,
  HPTE_R_M,
  HPTE_R_R,
  HPTE_V_ABSENT,
  HPTE_V_HVLOCK,
  HPTE_V_VALID,
  kvmUnderTest,
  trapOf,
} from '../../support/emulator-kvm';
import { homeOf, type WorldSegment } from '../../support/emulator-mmu-world';
import { Random, seedFor } from '../../support/isa-random';

const OPERATIONS = Number(process.env.KEY31_OPERATIONS ?? 60_000);
const NOHPTE = 0x4000_0000n;
const ISSTORE = 0x0200_0000n;
const VALUE_AT = 0x10n;
/** lwz r3,0(r4) and stw r3,0(r4). */
const LOAD = 0x8064_0000;
const STORE = 0x9064_0000;

const segment = (effectiveAddress: bigint, base: 12 | 16, vsid: bigint): WorldSegment => ({
  effectiveAddress,
  vsidWord: (vsid << 12n) | (base === 16 ? 0x110n : 0n),
  terabyte: false,
  vsid,
  base,
});
const segments = [segment(0xd000_0000_0000_0000n, 12, 0xd0dn), segment(0xe000_0000_0000_0000n, 16, 0xe0en)];
const segmentOf = (address: bigint) => segments.find((one) => address >> 28n === one.effectiveAddress >> 28n)!;
const pageOf = (address: bigint) => address & -(1n << BigInt(segmentOf(address).base));
/** Where the guest's pages lie: memory, a slot that comes and goes, and where there never is one. */
const RAM = 0x10_0000n;
const RAM_PAGES = 8;
const COMING = 0x9000_0000n;
const COMING_SIZE = 4n * HOST_PAGE;
const NOWHERE = 0x1_8000_0000n;

class Trial {
  readonly tested;
  readonly model = new GuestMemoryModel();
  readonly random: Random;
  readonly tally = new Map<string, number>();
  #change: { change: RegionChange; number: number } | undefined;
  #value = 0n;

  constructor(behavior: 'v3.4' | 'v6.1', seed: number) {
    this.random = new Random(seed);
    this.tested = kvmUnderTest(behavior);
    const { kvm, registers } = this.tested;
    const slot = kvm.slots[0]!;
    this.model.slots = [{ number: 0, base: 0n, size: slot.size, host: slot.hostVirtualAddress, dirty: undefined }];
    this.model.mapped(slot.hostVirtualAddress, slot.hostVirtualAddress + slot.size, rw, false);
    segments.forEach((one, i) => {
      registers.setSlbEntry(i, { esid: one.effectiveAddress | 0x0800_0000n, vsid: one.vsidWord });
    });
  }
  get #kvm() {
    return this.tested.kvm;
  }
  count(what: string): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + 1);
  }

  step(): void {
    const operations = [
      () => this.enter(),
      () => this.enter(),
      () => this.access(),
      () => this.access(),
      () => this.access(),
      () => this.access(),
      () => this.changeEntry(),
      () => this.hostEvent(),
      () => this.slot(),
    ];
    this.random.of(operations)();
  }

  #anyAddress(): bigint {
    const { effectiveAddress, base } = this.random.of(segments);
    return effectiveAddress + (BigInt(this.random.below(base === 12 ? 24 : 12)) << BigInt(base));
  }
  enter(): void {
    const address = this.#anyAddress();
    if (this.model.entries.has(address)) return;
    const home = segmentOf(address);
    const size = 1n << BigInt(home.base);
    const place = this.random.of([RAM, RAM, RAM, COMING, COMING, NOWHERE]);
    const guestPageAddress = place + BigInt(this.random.below(Number((BigInt(RAM_PAGES) * HOST_PAGE) / size))) * size;
    const protection = this.random.of([2n, 2n, 2n, 0n, 3n, (1n << 63n) | 2n]);
    const used = this.random.of([0n, HPTE_R_R | HPTE_R_C]);
    const { primary, first } = homeOf(home, address, this.#kvm.table.groupCount);
    const large = home.base === 16 ? 4n : 0n;
    const second = guestPageAddress | (home.base === 16 ? 0x1000n : 0n) | HPTE_R_M | protection | used;
    const { status, results } = this.tested.call(H_ENTER, 0n, BigInt(primary * 8), first | large | 1n, second);
    this.count(`enter ${String(status)}`);
    if (status !== 0n) return;
    this.model.entries.set(address, {
      index: Number(results?.[0]),
      guestPage: guestPageAddress,
      size,
      writable: protection === 2n || protection === 0n,
      referenced: used !== 0n,
      changed: used !== 0n,
    });
  }

  changeEntry(): void {
    const [address, entry] = this.#anyEntry() ?? [];
    if (address === undefined || entry === undefined) return;
    const index = BigInt(entry.index);
    switch (this.random.below(8)) {
      case 0:
        this.#checkUse(entry, this.tested.call(H_REMOVE, 0n, index).results?.[1] ?? 0n);
        this.model.entries.delete(address);
        break;
      case 1: {
        const [answer = 0n] = this.tested.call(H_BULK_REMOVE, (0x40n << 56n) | index, 0n, 0xc0n << 56n).results ?? [];
        this.#checkUse(entry, (answer >> 51n) & (HPTE_R_R | HPTE_R_C));
        this.model.entries.delete(address);
        break;
      }
      case 2:
      case 3:
      case 4:
      case 5: {
        const writable = this.random.below(2) === 0;
        this.tested.call(H_PROTECT, writable ? 2n : 3n, index);
        this.model.entries.set(address, { ...entry, writable });
        break;
      }
      case 6:
        this.#checkUse(entry, this.tested.call(H_CLEAR_MOD, 0n, index).results?.[0] ?? 0n);
        entry.changed = false;
        break;
      default:
        this.#checkUse(entry, this.tested.call(H_CLEAR_REF, 0n, index).results?.[0] ?? 0n);
        entry.referenced = false;
    }
  }
  #anyEntry() {
    return this.model.entries.size === 0 ? undefined : this.random.of([...this.model.entries]);
  }
  #checkUse(entry: { changed: boolean; referenced: boolean }, second: bigint): void {
    if (entry.changed && (second & HPTE_R_C) === 0n) expect.fail('C was lost');
    if (entry.referenced && (second & HPTE_R_R) === 0n) expect.fail('R was lost');
  }

  /** Tries until the access is done, refused, or held by user space; the host interferes in between. */
  access(): void {
    const store = this.random.below(2) === 0;
    const address = this.#anyAddress() + VALUE_AT;
    const subpage = segmentOf(address).base === 16 ? BigInt(this.random.below(16)) * SMALL_PAGE : 0n;
    this.#try(address + subpage, store);
  }
  #try(address: bigint, store: boolean): void {
    const { walks, registers } = this.tested;
    for (let attempt = 0; attempt < 200; attempt++) {
      const verdict = walks.translate(registers.base, address, store ? 'store' : 'load');
      if (verdict === 'mapped') {
        this.#perform(address, store);
        return;
      }
      const status = registers.view.getBigUint64(registers.base + translationResults.status, true);
      if (this.#trapped(address, store, status)) return;
    }
    expect.fail('the access is tried for ever');
  }
  #perform(address: bigint, store: boolean): void {
    const { registers } = this.tested;
    const real = registers.view.getBigUint64(registers.base + translationResults.realAddress, true);
    const expected = this.model.verdict(address, pageOf, store);
    if (expected.kind !== 'done') expect.fail(`an access was done that should be ${expected.kind}`);
    const page = this.#kvm.process.presentPage(expected.host);
    const place = (page?.realAddress ?? -1n) + (expected.host & (HOST_PAGE - 1n));
    if (place !== real) expect.fail(`it reached ${real.toString(16)} and not ${place.toString(16)}`);
    if (store && page?.writable !== true) expect.fail('a store went to a page that the host has read-only');
    expected.entry.referenced = true;
    const bytes = this.#kvm.realMemory.bytes(real, 8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    this.count(store ? 'store done' : 'load done');
    if (store) {
      this.#value++;
      view.setBigUint64(0, this.#value);
      expected.entry.changed = true;
      this.model.wrote(expected.guest, expected.host, this.#value);
    } else if (view.getBigUint64(0) !== (this.model.contents.get(expected.host & -SMALL_PAGE) ?? 0n))
      expect.fail(`a write to ${expected.guest.toString(16)} was lost`);
  }
  /** Goes through KVM's stages. Whether the access has come to its end. */
  #trapped(address: bigint, store: boolean, status: bigint): boolean {
    const { registers } = this.tested;
    const access = store ? 'store' : 'load';
    this.tested.state.instruction = store ? STORE : LOAD;
    const trap = trapOf({ access, effectiveAddress: address, status: status | (store ? ISSTORE : 0n) });
    const expected = () => this.model.verdict(address, pageOf, store).kind;
    let next: Next = { at: 'storage-trap', trap };
    for (;;) {
      if (this.random.below(4) === 0) this.hostEvent();
      switch (next.at) {
        case 'storage-trap':
          next = takeStorageTrap(this.#kvm, registers, next.trap);
          break;
        case 'page-fault':
          next = handlePageFault(this.#kvm, next);
          if (next.at === 'failed' && expected() !== 'efault') expect.fail(`KVM_RUN failed: ${next.why}`);
          break;
        case 'insert-entry':
          next = insertEntry(this.#kvm, next);
          break;
        case 'emulate-mmio':
          next = emulateMmio(this.#kvm, registers, next);
          break;
        case 'guest':
          this.count('tried again');
          return false;
        case 'interrupt': {
          const dsisr = next.interrupt.dsisr ?? 0n;
          const kind = (dsisr & NOHPTE) !== 0n ? 'no-entry' : 'refused';
          if (expected() !== kind) expect.fail(`the guest was told ${kind}, where it should be ${expected()}`);
          this.count(kind);
          return true;
        }
        case 'failed':
          this.count('failed');
          return true;
        case 'mmio-exit':
          this.count('MMIO');
          return true;
      }
    }
  }

  /** A few of the host's pages behind one slot. */
  #range(): { start: bigint; end: bigint } {
    const slot = this.random.of(this.model.slots);
    const origin = slot.number === 0 ? RAM : 0n;
    const most = slot.number === 0 ? RAM_PAGES : Number(slot.size / HOST_PAGE);
    const first = this.random.below(most);
    const start = slot.host + origin + BigInt(first) * HOST_PAGE;
    return { start, end: start + BigInt(1 + this.random.below(Math.min(4, most - first))) * HOST_PAGE };
  }
  hostEvent(): void {
    const { process } = this.#kvm;
    const { start, end } = this.#range();
    const what = this.random.of(['swap', 'swap', 'migrate', 'merge', 'fork', 'age', 'protect', 'map', 'unmap', 'exit']);
    this.count(what);
    switch (what) {
      case 'swap':
        swapOut(process, start, end);
        break;
      case 'migrate':
        migrate(process, start, end);
        break;
      case 'merge':
        merge(process, start, end);
        break;
      case 'fork':
        fork(process, start, end);
        this.model.forked(process.state.children.pop()!);
        break;
      case 'exit': {
        const child = this.model.children.pop();
        if (child) this.#checkChild(child);
        for (const frame of child?.frames.values() ?? []) process.letGo(frame, Number(HOST_PAGE));
        break;
      }
      case 'age':
        process.young(start, end, this.random.below(2) === 0);
        break;
      case 'protect': {
        const rights = this.random.of([
          rw,
          rw,
          { readable: true, writable: false },
          { readable: false, writable: false },
        ]);
        const within = [...this.#pages(start, end)].filter((page) => this.model.rights.has(page));
        for (const page of within) {
          process.protect(page, page + HOST_PAGE, rights);
          this.model.mapped(page, page + HOST_PAGE, rights, false);
        }
        break;
      }
      case 'map':
        process.map('anonymous', end - start, 'mapped anew', { at: start });
        this.model.mapped(start, end, rw, true);
        break;
      default:
        if (this.random.below(3) > 0) break;
        process.unmap(start, end);
        this.model.mapped(start, end, undefined, true);
    }
  }
  *#pages(start: bigint, end: bigint): Generator<bigint> {
    for (let page = start; page < end; page += HOST_PAGE) yield page;
  }
  #checkChild({ frames, contents }: GuestMemoryModel['children'][number]): void {
    for (const [page, frame] of frames)
      for (let small = 0n; small < HOST_PAGE; small += SMALL_PAGE) {
        const bytes = this.#kvm.realMemory.bytes(frame + small + VALUE_AT, 8);
        const found = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
        if (found !== contents.get(page + small)) expect.fail('what a child holds has changed');
      }
  }

  /** Slot 5 comes, goes, moves and logs; slot 0 logs or not. A slot that goes stays INVALID for a while. */
  slot(): void {
    if (this.#change) {
      const { change, number } = this.#change;
      this.#change = undefined;
      expect(finishRegionChange(this.#kvm, change)).toBeUndefined();
      this.#applyToModel(change, number);
      return;
    }
    if (this.random.below(4) === 0) {
      this.#readLog();
      return;
    }
    const five = this.model.slots.find(({ number }) => number === 5);
    const region = this.#region(five);
    const change = beginRegionChange(this.#kvm, region);
    if (change.kind === 'refused') expect.fail(change.error.why);
    this.count(`slot: ${change.kind}`);
    // An INVALID slot is no slot.
    if (change.kind === 'delete' || change.kind === 'move') this.#take(change.old.number);
    this.#change = { change, number: region.number };
  }
  #taken: GuestMemoryModel['slots'][number] | undefined;
  #take(number: number): void {
    this.#taken = this.model.slots.find((slot) => slot.number === number);
    this.model.slots = this.model.slots.filter((slot) => slot.number !== number);
  }
  #region(five: GuestMemoryModel['slots'][number] | undefined): MemoryRegion {
    const zero = this.model.slots[0]!;
    const flags = BigInt(this.random.below(2));
    if (this.random.below(3) === 0)
      return { number: 0, baseAddress: 0n, size: zero.size, hostVirtualAddress: zero.host, flags };
    if (!five) {
      const { start } = this.#kvm.process.map('anonymous', COMING_SIZE, 'slot 5');
      this.model.mapped(start, start + COMING_SIZE, rw, true);
      return { number: 5, baseAddress: COMING, size: COMING_SIZE, hostVirtualAddress: start, flags };
    }
    const base = { number: 5, hostVirtualAddress: five.host, flags: five.dirty ? 1n : 0n };
    if (this.random.below(2) === 0) return { ...base, baseAddress: 0n, size: 0n };
    return { ...base, baseAddress: this.random.of([COMING, COMING + COMING_SIZE]), size: COMING_SIZE };
  }
  #applyToModel(change: RegionChange, number: number): void {
    if (change.kind === 'none') return;
    if (change.kind === 'delete') {
      const { start, end } = {
        start: change.old.hostVirtualAddress,
        end: change.old.hostVirtualAddress + change.old.size,
      };
      this.#kvm.process.unmap(start, end);
      this.model.mapped(start, end, undefined, true);
      return;
    }
    const { baseAddress: base, size, hostVirtualAddress: host, flags } = change.region;
    const old = this.model.slots.find((slot) => slot.number === number) ?? this.#taken;
    const dirty = flags === 0n ? undefined : ((change.kind === 'create' ? undefined : old?.dirty) ?? new Set<number>());
    this.model.slots = this.model.slots.filter((slot) => slot.number !== number);
    this.model.slots.push({ number, base, size, host, dirty });
    this.model.slots.sort((a, b) => a.number - b.number);
  }
  #readLog(): void {
    for (const slot of this.model.slots) {
      const log = getDirtyLog(this.#kvm, slot.number);
      expect(log.kind).toBe(slot.dirty ? 'bitmap' : 'refused');
      if (log.kind !== 'bitmap') continue;
      for (const page of slot.dirty ?? [])
        if ((((log.bitmap[page >> 3] ?? 0) >> (page & 7)) & 1) === 0)
          expect.fail(`page ${page} is not in the dirty log`);
      slot.dirty?.clear();
      this.count('dirty log');
    }
  }

  /** The reverse map and the page table say the same, and the host allows what the table allows. */
  check(): void {
    const { table, reverseMap, slots, process } = this.#kvm;
    const chained = new Set<number>();
    for (const { notes, baseAddress, hostVirtualAddress } of slots)
      for (const page of notes.reverseMap.keys())
        for (const index of reverseMap.entriesOf({ words: notes.reverseMap, page })) {
          if (chained.has(index)) expect.fail(`entry ${index} is in two chains`);
          chained.add(index);
          const found = guestPage(table.first(index), reverseMap.guestSecond(index));
          const offset = BigInt(page) * HOST_PAGE;
          if ((table.first(index) & HPTE_V_VALID) === 0n) expect.fail(`entry ${index} is in a chain and not valid`);
          if (((found?.address ?? 0n) & -HOST_PAGE) !== baseAddress + offset)
            expect.fail(`entry ${index} is in another page's chain`);
          const host = process.presentPage(hostVirtualAddress + offset);
          const second = table.second(index);
          if (host?.realAddress !== (second & 0x0fff_ffff_ffff_0000n)) expect.fail(`entry ${index} maps another frame`);
          if (!host.writable && (second & 3n) === 2n && second >> 63n === 0n) expect.fail(`entry ${index} is writable`);
        }
    for (const entry of this.model.entries.values()) {
      const first = table.first(entry.index);
      if ((first & HPTE_V_HVLOCK) !== 0n) expect.fail(`entry ${entry.index} is locked`);
      const valid = (first & HPTE_V_VALID) !== 0n;
      if (valid === ((first & HPTE_V_ABSENT) !== 0n)) expect.fail(`entry ${entry.index} is both or neither`);
      if (valid !== chained.has(entry.index)) expect.fail(`entry ${entry.index} is valid and in no chain`);
      this.#checkUse(entry, this.tested.call(H_READ, 0n, BigInt(entry.index)).results?.[1] ?? 0n);
    }
    for (const child of this.model.children) this.#checkChild(child);
  }
}
const rw = { readable: true, writable: true } as const;

describe.each(['v3.4', 'v6.1'] as const)('a guest’s memory under %s', (behavior) => {
  it('is what the host allows and what the guest wrote, whatever happens in whatever order', () => {
    const trial = new Trial(behavior, seedFor(`guest memory, ${behavior}, ${String(OPERATIONS)} operations`));
    for (let done = 0; done < OPERATIONS; done++) {
      trial.step();
      if (done % 50 === 0) trial.check();
    }
    trial.check();
    const tally = [...trial.tally].sort();
    console.log(tally.map(([what, times]) => `${what}: ${String(times)}`).join('; '));
    for (const what of [
      'load done',
      'store done',
      'tried again',
      'no-entry',
      'refused',
      'MMIO',
      'failed',
      'dirty log',
      'slot: move',
      'slot: delete',
      'slot: create',
      'slot: flags-only',
      'slot: none',
    ])
      expect(trial.tally.get(what) ?? 0, what).toBeGreaterThan(OPERATIONS / 10_000);
  }, 3_600_000);
});
