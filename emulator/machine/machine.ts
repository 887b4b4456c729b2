import type { DebugTarget, RunOutcome, VcpuView, Watch } from './debug-target';
import { hypercallLevels, levelsOf, reflectedBy, type LevelFrame } from '../kvm/levels';
import { PageTableReader, pageTableText, writePageTable } from '../kvm/page-table-stream';
import { explainTranslation } from '../mmu/explain-translation';
import type { Access } from '../mmu/storage-fault';
import type { Special } from '../state/special-names';
import type { ActionResult, HostAction } from './host-event';
import { entryView, exitView, faultView, guestPhysicalOf, occupiedEntries, slotViews } from './inspect';
import { hypercallName } from './hypercalls/table';
import type { Pseries } from './pseries';
import { instructionTotal } from './scheduler';
import { heldAddress, type Stage, type Vcpu } from './vcpu';

/** Instructions after which a step of one vCPU gives up waiting for its turn. */
const LONGEST_STEP = 1_000_000;

/** A pseries as a debugger sees it. */
export class Machine implements DebugTarget {
  readonly #pseries: Pseries;
  #ended: RunOutcome | undefined;

  constructor(pseries: Pseries) {
    this.#pseries = pseries;
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

  get pageTable(): DebugTarget['pageTable'] {
    const { kvm } = this.#pseries;
    return {
      order: kvm.table.order,
      entryCount: kvm.table.entryCount,
      groupCount: kvm.table.groupCount,
      entry: (index) => entryView(kvm, index),
      occupied: () => occupiedEntries(kvm),
      text: () => pageTableText(kvm),
      save: () => {
        const reader = new PageTableReader(kvm);
        const stream = reader.read();
        reader.close();
        return stream;
      },
      load: (stream) => writePageTable(kvm, stream),
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
  supplyMmioData(vcpu: number, data: Uint8Array): void {
    const one = this.#vcpu(vcpu);
    if (one.stage.at !== 'mmio-exit' || one.stage.isWrite) throw new Error('no load is waiting for its data');
    one.stage = { ...one.stage, data };
  }
  hostAction(action: HostAction): ActionResult {
    return this.#pseries.hostEvents.act(action);
  }
  diskContents(device: string): Uint8Array | undefined {
    const disk = this.#pseries.pci?.devices.find(({ name }) => name === device)?.disk;
    return disk?.read(0, disk.size);
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

const withoutBreakpoints = (watch: Watch): Watch => ({
  breakpoints: new Set(),
  events: watch.events,
  event: (event) => watch.event(event),
  console: (bytes) => {
    watch.console(bytes);
  },
});

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
