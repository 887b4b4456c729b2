import type { HostStage, StorageTrap } from './fault/stage';

/** Who holds an access that has trapped, from the hardware outwards. */
export type Level = 'hardware' | 'hypervisor' | 'user space';

/** A frame of the one call stack that goes through the trap. */
export interface LevelFrame {
  readonly level: Level;
  /** The interrupt, the kernel's function, or user space's exit: "HDSI 0xe00", "kvmppc_hv_emulate_mmio". */
  readonly name: string;
  /** What it holds, by name. */
  readonly values: Readonly<Record<string, bigint | boolean | string>>;
}

function hardwareFrame({ access, effectiveAddress, status, instructionAddress }: StorageTrap): LevelFrame {
  return access === 'fetch'
    ? {
        level: 'hardware',
        name: 'hypervisor instruction storage interrupt 0xe20',
        values: { HSRR0: instructionAddress, HSRR1: status },
      }
    : {
        level: 'hardware',
        name: 'hypervisor data storage interrupt 0xe00',
        values: { HDAR: effectiveAddress, HDSISR: status, HSRR0: instructionAddress },
      };
}
const triage = ({ access }: StorageTrap): LevelFrame => ({
  level: 'hypervisor',
  name: access === 'fetch' ? 'kvmppc_hisi' : 'kvmppc_hdsi',
  values: {},
});

/** The levels that hold an access, the hardware first and the present holder last. */
export function levelsOf(stage: HostStage): readonly LevelFrame[] {
  const frames = [hardwareFrame(stage.trap), triage(stage.trap)];
  if (stage.at === 'storage-trap') return frames;
  const { index, first, second, guestSecond } = stage.entry;
  frames.push({
    level: 'hypervisor',
    name: 'kvmppc_book3s_hv_page_fault',
    values: {
      ea: stage.trap.effectiveAddress,
      index: BigInt(index),
      hpte_v: first,
      hpte_r: second,
      guest_rpte: guestSecond,
    },
  });
  if (stage.at === 'page-fault' || stage.at === 'insert-entry') return frames;
  frames.push({
    level: 'hypervisor',
    name: 'kvmppc_hv_emulate_mmio',
    values: { gpa: stage.guestPhysicalAddress, ea: stage.trap.effectiveAddress, store: stage.trap.access === 'store' },
  });
  if (stage.at === 'emulate-mmio') return frames;
  frames.push({
    level: 'user space',
    name: 'KVM_EXIT_MMIO',
    values: {
      phys_addr: stage.guestPhysicalAddress,
      len: BigInt(stage.length),
      is_write: stage.isWrite,
      data: stage.data === undefined ? 'not supplied' : hexadecimalBytes(stage.data),
    },
  });
  return frames;
}

/** A fault that KVM's first look has found to be the guest's own. */
export const reflectedBy = (trap: StorageTrap): readonly LevelFrame[] => [hardwareFrame(trap), triage(trap)];

/** A hypercall that has not been answered yet. */
export const hypercallLevels = (number: number, name: string | undefined): readonly LevelFrame[] => [
  { level: 'hardware', name: 'system call interrupt 0xc00 to the hypervisor', values: {} },
  { level: 'hypervisor', name: name ?? 'unknown hypercall', values: { number: BigInt(number) } },
];

/** Bytes as they lie in memory: "5a 00". */
const hexadecimalBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
