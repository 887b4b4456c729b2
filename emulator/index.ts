/** What the debugger may see of the emulator. */
export {
  exitDecisions,
  type Actor,
  type DebugTarget,
  type FaultView,
  type MmioExit,
  type RunOutcome,
  type Touched,
  type VcpuView,
  type Watch,
  type WatchedMemory,
  type WatchedValue,
} from './machine/debug-target';
export type { SlbEntry } from './cpu/registers';
export { eventDefinitions, type EventKind, type EventValue, type MachineEvent } from './machine/events';
export {
  behaviorNames,
  ConfigurationError,
  defaultConfiguration,
  deviceTypes,
  MOST_DEVICES,
  wireNames,
  type DeviceConfiguration,
  engineNames,
  processorNames,
  realModeNames,
  type MachineConfiguration,
  type MemorySlotConfiguration,
} from './machine/configuration';
export {
  rangeActions,
  stagesToWaitFor,
  type HostAction,
  type HostEventConfiguration,
  type RandomHostEvents,
} from './machine/host-event';
export { areaKinds } from './host/area';
export type { LevelFrame } from './kvm/levels';
export type { MemorySlotView, SlotAreaView } from './kvm/memory-slots';
export type { PageTableEntryView } from './kvm/page-table-view';
export type { EntryEvidence, GroupEvidence, TranslationDecision } from './mmu/explain-translation';
export { hpteFirst, hpteSecond, RESERVED_KEY } from './mmu/hashed-page-table-entry';
export { segmentShift, slbEsidWord, slbVsidWord, virtualSegment } from './mmu/segment';
export { segmentPageShift } from './mmu/page-size';
export { vectorName } from './cpu/interrupts';
export { FPSCR } from './floating-point/fpscr';
export { dsisr, instructionStorage, lpcr, msr } from './mmu/special-register-bits';
export { specialNames, type Special } from './state/special-names';
export { hexadecimal } from './word/unsigned';
export { disassemble } from './isa/table';
export { ElfError, readElf, type ElfFile, type ElfSymbol } from './machine/elf';
export { SECTOR } from './machine/virtio/disk';
export { hypercallNames } from './machine/hypercalls/table';
export type { Change } from './mmu/counterfactual';
export type { Checkpoint } from './machine/stateful-part';
export { createMachine } from './machine/create-machine';
