/** What the debugger may see of the emulator. */
export type { DebugTarget, FaultView, MmioExit, RunOutcome, VcpuView, Watch } from './machine/debug-target';
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
export { slbEsidWord, slbVsidWord } from './mmu/segment';
export { dsisr, instructionStorage, lpcr, msr } from './mmu/special-register-bits';
export { specialNames, type Special } from './state/special-names';
export { hexadecimal } from './word/unsigned';
export { disassemble } from './isa/table';
export { ElfError, readElf, type ElfFile, type ElfSymbol } from './machine/elf';
export { SECTOR } from './machine/virtio/disk';
export { createMachine } from './machine/create-machine';
