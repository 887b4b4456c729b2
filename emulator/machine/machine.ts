import { hypercallInPlaceOf } from './hypercall-in-place';
import type { DebugTarget, ExitDecision, HypercallAnswer, RunOutcome, VcpuView, Watch } from './debug-target';
import { hypercallLevels, levelsOf, reflectedBy, type LevelFrame } from '../kvm/levels';
import { PageTableReader, pageTableText, writePageTable } from '../kvm/page-table-stream';
import { changesThatLetThrough, linearAddressOfTable, type Change } from '../mmu/counterfactual';
import { explainTranslation } from '../mmu/explain-translation';
import type { Access } from '../mmu/storage-fault';
import type { Special } from '../state/special-names';
import type { ActionResult, HostAction } from './host-event';
import type { SlbEntry } from '../cpu/registers';
import { hostAddressOf, usableSlot } from '../kvm/kvm';
import { decided } from './decide-exit';
import { entryView, exitView, faultView, guestPhysicalOf, slotViews } from './inspect';
import { findEntry } from './find-entry';
import { Occupancy } from './occupancy';
import { setXer } from './set-xer';
import { captureCheckpoint, restoreCheckpoint } from './checkpoint';
import type { Checkpoint } from './stateful-part';
import { hypercallName } from './hypercalls/table';
import type { Pseries } from './pseries';
import { instructionTotal } from './scheduler';
import { heldAddress, type Stage, type Vcpu } from './vcpu';

/** Instructions after which a step of one vCPU gives up waiting for its turn. */
const LONGEST_STEP = 1_000_000;

/** A pseries as a debugger sees it. */
export class Machine implements DebugTarget {
  readonly #pseries: Pseries;
  #occupancy: Occupancy;
  #ended: RunOutcome | undefined;

  constructor(pseries: Pseries) {
    this.#pseries = pseries;
    this.#occupancy = new Occupancy(pseries.kvm.table);
  }

  get vcpus(): readonly VcpuView[] {
    return this.#pseries.vcpus.map((vcpu) => this.#view(vcpu));
  }
  get instructionCount(): number {
    return instructionTotal(this.#pseries.vcpus);
  }
  get ended(): RunOutcome | undefined {
    return this.#ended;
  }

  run(budget: number, watch: Watch): RunOutcome {
    return this.#run(budget, watch, () => false, Infinity);
  }
  step(vcpu: number, watch: Watch): RunOutcome {
    const one = this.#vcpu(vcpu);
    const before = one.instructionCount;
    const done = (moved: Vcpu) => moved === one && one.instructionCount > before && one.stage.at === 'guest';
    return this.#run(LONGEST_STEP, withoutBreakpoints(watch), done, 1);
  }

  #run(budget: number, watch: Watch, until: (vcpu: Vcpu) => boolean, longest: number): RunOutcome {
    if (this.#ended) return this.#ended;
    const { scheduler, console } = this.#pseries;
    const isDone = (vcpu: Vcpu) => this.#pseries.end !== undefined || until(vcpu);
    const outcome = scheduler.run(budget, watch, isDone, longest);
    const written = console.takeWritten();
    if (written.length > 0) watch.console(written);
    if (this.#pseries.end) this.#ended = this.#pseries.end;
    else if (outcome.kind === 'stuck') this.#ended = outcome;
    return this.#ended ?? outcome;
  }

  explain(vcpu: number, effectiveAddress: bigint, access: Access) {
    const { view, base } = this.#vcpu(vcpu).registers;
    return explainTranslation(view, base, effectiveAddress, access);
  }

  changesThatLetThrough(vcpu: number, effectiveAddress: bigint, access: Access): readonly Change[] {
    const { view, base } = this.#vcpu(vcpu).registers;
    const { kvm, answersAt } = this.#pseries;
    const words = { memory: view, base, tableAddress: linearAddressOfTable(kvm.table.address) };
    return changesThatLetThrough(words, effectiveAddress, access, answersAt);
  }
  applyChange(vcpu: number, { state }: Change): void {
    switch (state.kind) {
      case 'register':
        this.setSpecial(vcpu, state.name, state.value);
        return;
      case 'slb':
        this.setSlbEntry(vcpu, state.index, state.entry);
        return;
      case 'hpte':
        this.patchPageTable(state.index, state.first, state.second);
    }
  }

  readMemory(vcpu: number, effectiveAddress: bigint, length: number): Uint8Array {
    const parts: number[] = [];
    for (const { address, bytes } of pages(effectiveAddress, length)) {
      const physical = guestPhysicalOf(this.#pseries.kvm, this.#vcpu(vcpu), address);
      const read = physical === undefined ? new Uint8Array(0) : this.readGuestPhysical(physical, bytes);
      parts.push(...read);
      if (read.length < bytes) break;
    }
    return Uint8Array.from(parts);
  }
  writeMemory(vcpu: number, effectiveAddress: bigint, data: Uint8Array): number {
    let done = 0;
    for (const { address, bytes } of pages(effectiveAddress, data.length)) {
      const physical = guestPhysicalOf(this.#pseries.kvm, this.#vcpu(vcpu), address);
      if (physical === undefined) break;
      const written = this.#pseries.memory.write(physical, data.subarray(done, done + bytes));
      done += written;
      if (written < bytes) break;
    }
    return done;
  }
  readGuestPhysical(address: bigint, length: number): Uint8Array {
    return this.#pseries.memory.read(address, length);
  }

  writeGuestPhysical(address: bigint, bytes: Uint8Array): number {
    return this.#pseries.memory.write(address, bytes);
  }
  guestPhysicalOf(vcpu: number, effectiveAddress: bigint): bigint | undefined {
    return guestPhysicalOf(this.#pseries.kvm, this.#vcpu(vcpu), effectiveAddress);
  }
  hostVirtualOf(guestPhysicalAddress: bigint): bigint | undefined {
    const slot = usableSlot(this.#pseries.kvm, guestPhysicalAddress);
    return slot && hostAddressOf(slot, guestPhysicalAddress);
  }
  hostRealOf(hostVirtualAddress: bigint): bigint | undefined {
    const page = this.#pseries.kvm.process.presentPage(hostVirtualAddress);
    return page && page.realAddress + (hostVirtualAddress & BigInt(page.pageSize - 1));
  }
  readHostReal(address: bigint, length: number): Uint8Array {
    return this.#pseries.hostMemory.read(address, length);
  }
  writeHostReal(address: bigint, bytes: Uint8Array): number {
    return this.#pseries.hostMemory.write(address, bytes);
  }

  get pageTable(): DebugTarget['pageTable'] {
    const { kvm } = this.#pseries;
    return {
      order: kvm.table.order,
      entryCount: kvm.table.entryCount,
      groupCount: kvm.table.groupCount,
      entry: (index) => entryView(kvm, index),
      text: () => pageTableText(kvm),
      save: () => {
        const reader = new PageTableReader(kvm);
        const stream = reader.read();
        reader.close();
        return stream;
      },
      load: (stream) => writePageTable(kvm, stream),
      occupied: () => this.#occupancy.indexes,
      find: (virtualAddress) => findEntry(kvm, virtualAddress),
    };
  }
  memorySlots() {
    return slotViews(this.#pseries.kvm);
  }

  setGpr(vcpu: number, number: number, value: bigint): void {
    this.#vcpu(vcpu).registers.setGpr(number, value);
  }
  setSpecial(vcpu: number, name: Special, value: bigint): void {
    const { registers, storage } = this.#vcpu(vcpu);
    registers.setSpecial(name, value);
    storage.translationChanged();
  }
  setCr(vcpu: number, value: number): void {
    this.#vcpu(vcpu).registers.cr = value;
  }
  hypercall(vcpu: number, number: number, given: readonly bigint[]): HypercallAnswer {
    const one = this.#vcpu(vcpu);
    if (one.stage.at !== 'guest') throw new Error('the vCPU is not in guest code');
    return hypercallInPlaceOf(this.#pseries, one, number, given);
  }
  setXer(vcpu: number, value: bigint): void {
    setXer(this.#vcpu(vcpu).registers, value);
  }
  setVsrDoubleword(vcpu: number, number: number, index: 0 | 1, value: bigint): void {
    this.#vcpu(vcpu).registers.setVsrDoubleword(number, index, value);
  }
  setSlbEntry(vcpu: number, index: number, entry: SlbEntry): void {
    const { registers, storage } = this.#vcpu(vcpu);
    registers.setSlbEntry(index, entry);
    storage.translationChanged();
  }
  patchPageTable(index: number, first: bigint, second: bigint): void {
    const { kvm } = this.#pseries;
    kvm.table.setSecond(index, second);
    kvm.table.setFirst(index, first);
    kvm.invalidateTranslations();
  }

  answeredExits() {
    return this.#pseries.exits.list;
  }
  decideExit(vcpu: number, decision: ExitDecision): void {
    const one = this.#vcpu(vcpu);
    if (one.stage.at !== 'mmio-exit') throw new Error('no exit is waiting');
    one.stage = decided(one.registers, one.stage, decision);
    if (decision !== 'device') one.withoutProgress = 0;
  }
  supplyMmioData(vcpu: number, data: Uint8Array): void {
    const one = this.#vcpu(vcpu);
    if (one.stage.at !== 'mmio-exit') throw new Error('no exit is waiting');
    one.stage = { ...one.stage, data };
  }
  hostAction(action: HostAction): ActionResult {
    return this.#pseries.hostEvents.act(action);
  }
  diskContents(device: string): Uint8Array | undefined {
    const disk = this.#pseries.pci?.devices.find(({ name }) => name === device)?.disk;
    return disk?.read(0, disk.size);
  }
  capture(): Checkpoint {
    return captureCheckpoint(this.#pseries);
  }
  restore(checkpoint: Checkpoint): void {
    restoreCheckpoint(this.#pseries, checkpoint);
    this.#occupancy = new Occupancy(this.#pseries.kvm.table);
    this.#ended = this.#pseries.end;
  }
  typeOnConsole(bytes: Uint8Array): void {
    this.#pseries.console.type(bytes);
  }

  #vcpu(number: number): Vcpu {
    const vcpu = this.#pseries.vcpus[number];
    if (!vcpu) throw new Error(`there is no vCPU ${String(number)}`);
    return vcpu;
  }
  #view(vcpu: Vcpu): VcpuView {
    const { stage } = vcpu;
    return {
      number: vcpu.number,
      registers: vcpu.registers,
      state: vcpu.state,
      instructionAddress: heldAddress(vcpu),
      instructionCount: vcpu.instructionCount,
      levels: levelsHolding(stage),
      fault: faultView(vcpu),
      pendingExit: exitView(this.#pseries.kvm, this.#pseries.devices, stage),
    };
  }
}

/** Who holds an access or a call that has left the guest. */
function levelsHolding(stage: Stage): readonly LevelFrame[] {
  switch (stage.at) {
    case 'storage-trap':
    case 'page-fault':
    case 'insert-entry':
    case 'emulate-mmio':
    case 'mmio-exit':
      return levelsOf(stage);
    case 'interrupt':
      return stage.trap && stage.interrupt.location === 'real-mode vector' ? reflectedBy(stage.trap) : [];
    case 'hypercall':
      return hypercallLevels(stage.number, hypercallName(stage.number));
    case 'guest':
    case 'failed':
      return [];
  }
}

const withoutBreakpoints = (watch: Watch): Watch => ({ ...watch, breakpoints: new Set() });

const PAGE = 0x1000n;
/** A stretch of effective addresses, cut where pages end. Addresses wrap round after the last. */
function* pages(start: bigint, length: number): Generator<{ address: bigint; bytes: number }> {
  let done = 0;
  while (done < length) {
    const address = BigInt.asUintN(64, start + BigInt(done));
    const bytes = Math.min(length - done, Number(PAGE - (address & (PAGE - 1n))));
    yield { address, bytes };
    done += bytes;
  }
}
