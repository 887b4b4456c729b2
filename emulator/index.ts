/** What the debugger may see of the emulator. */
export type { DebugTarget, FaultView, MmioExit, RunOutcome, VcpuView, Watch } from './machine/debug-target';
export type { Registers, SlbEntry } from './cpu/registers';
export { eventDefinitions, type EventKind, type EventValue, type MachineEvent } from './machine/events';
export {
  behaviorNames,
  ConfigurationError,
  defaultConfiguration,
  processorNames,
  realModeNames,
  type MachineConfiguration,
  type MemorySlotConfiguration,
} from './machine/configuration';
export type { Level, LevelFrame } from './kvm/levels';
export type { MemorySlotView, SlotAreaView } from './kvm/memory-slots';
export type { PageTableEntryView } from './kvm/page-table-view';
export type { EntryEvidence, GroupEvidence, TranslationDecision } from './mmu/explain-translation';
export { hpteFirst, hpteSecond, pageProtection } from './mmu/hashed-page-table-entry';
export { slbEsidWord, slbVsidWord } from './mmu/segment';
export { dsisr, instructionStorage, lpcr, msr } from './mmu/special-register-bits';
export type { Access } from './mmu/storage-fault';
export { specialNames, type Special } from './state/special-names';
export { hexadecimal } from './word/unsigned';
export { disassemble } from './isa/table';
export type { Disassembly } from './isa/assembly';
export { ElfError, readElf, type ElfFile, type ElfSection, type ElfSymbol } from './machine/elf';
export { createMachine } from './machine/create-machine';
