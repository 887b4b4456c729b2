/**
 * What can happen to a guest that a debugger may want to stop on. One record an event: its fields are what a condition
 * may name. Adding one touches this table and the place that reports it.
 */

type FieldType = 'number' | 'boolean' | 'text';
interface FieldDefinition {
  readonly type: FieldType;
  readonly description: string;
}
export interface EventDefinition {
  /** As the Breakpoints view shows it. */
  readonly label: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, FieldDefinition>>;
}

const number = (description: string): FieldDefinition => ({ type: 'number', description });
const truth = (description: string): FieldDefinition => ({ type: 'boolean', description });
const text = (description: string): FieldDefinition => ({ type: 'text', description });

const anyEvent = {
  vcpu: number('number of the vCPU'),
  pc: number('address of the instruction'),
};
const accessFields = {
  ...anyEvent,
  ea: number('effective address of the access'),
  store: truth('the access is a store'),
  fetch: truth('the access is an instruction fetch'),
  status: number('DSISR, HDSISR or SRR1 bits as the hardware set them'),
  host: truth('the interrupt went to the hypervisor first'),
};
const tableFields = {
  ...anyEvent,
  hpte: number('index of the HPTE'),
  va: number('virtual address of its page'),
  gpa: number('guest physical address by the guest view'),
  valid: truth('the hardware finds the entry now'),
  absent: truth('the entry is ABSENT now: valid for the guest, not for the hardware'),
  key: number('storage key of the real entry now'),
  pp: number('its page protection now'),
  first: number('first doubleword of the real entry now'),
  second: number('second doubleword of the real entry now'),
  oldFirst: number('first doubleword before'),
  oldSecond: number('second doubleword before'),
  oldKey: number('storage key before'),
  oldPp: number('page protection before'),
  by: text('who did it: a hypercall such as "H_ENTER", or a function of KVM'),
};
const entryFields = {
  ...accessFields,
  key: number('storage key of the real HPTE; absent when there is no entry'),
  gpa: number('guest physical address by the guest view of the HPTE; absent when there is no entry'),
  slot: number('number of the memory slot that holds gpa; absent when there is none'),
  hpte: number('index of the HPTE; absent when there is none'),
};

export const eventDefinitions = {
  'key-fault': {
    label: 'Storage-key faults',
    description:
      'An access refused by a storage key: the guest’s own AMR or IAMR, or key 31, which the hypervisor reserves for pages without memory.',
    fields: { ...entryFields, cause: text('"amr", "iamr" or "reserved-key"') },
  },
  'page-fault': {
    label: 'Page faults',
    description: 'No valid HPTE for the page: the guest’s own page fault, or one that the hypervisor resolves.',
    fields: { ...entryFields, reflected: truth('the fault is given to the guest') },
  },
  'protection-fault': {
    label: 'Protection faults',
    description: 'An access refused by pp, N or G.',
    fields: { ...entryFields, reflected: truth('the fault is given to the guest') },
  },
  'segment-miss': {
    label: 'Segment misses',
    description: 'No SLB entry for the address: interrupt 0x380 or 0x480, never to the host.',
    fields: accessFields,
  },
  'mmio-exit': {
    label: 'MMIO exits',
    description: 'An access leaves to user space as KVM_EXIT_MMIO.',
    fields: {
      ...entryFields,
      length: number('bytes'),
      data: number('what a store writes, as the device sees it'),
    },
  },
  dma: {
    label: 'DMA',
    description: 'A device on the PCI bus reads or writes a page of the guest’s memory, or is refused it.',
    fields: {
      ...anyEvent,
      device: text('name of the device, such as "virtio-blk0"'),
      address: number('address on the bus'),
      gpa: number('guest physical address; absent when no TCE leads anywhere'),
      length: number('bytes'),
      store: truth('the device writes'),
      refused: truth('the device may not'),
      why: text('why it may not, such as "the TCE forbids it"; absent when it may'),
    },
  },
  'hpte-inserted': {
    label: 'HPTEs inserted',
    description: 'An entry of the hashed page table comes into use.',
    fields: tableFields,
  },
  'hpte-removed': {
    label: 'HPTEs removed',
    description: 'An entry of the hashed page table goes out of use. The fields are those that it had.',
    fields: tableFields,
  },
  'hpte-changed': {
    label: 'HPTEs changed',
    description: 'KVM writes to an entry that stays in use. R and C, which the hardware sets, are not reported.',
    fields: tableFields,
  },
  'slb-change': {
    label: 'SLB changes',
    description: 'An instruction of the guest changes its segment lookaside buffer.',
    fields: {
      ...anyEvent,
      index: number('which entry; the lowest of several'),
      count: number('how many entries have changed'),
      esid: number('ESID word of that entry now'),
      vsid: number('VSID word of that entry now'),
    },
  },
  interrupt: {
    label: 'Interrupts',
    description: 'The guest takes an interrupt.',
    fields: {
      ...anyEvent,
      vector: number('such as 0x300'),
      name: text('such as "data storage"'),
      srr1: number('SRR1 as the handler finds it'),
    },
  },
  hypercall: {
    label: 'Hypercalls',
    description: 'The guest executes sc 1.',
    fields: {
      ...anyEvent,
      number: number('hypercall number, r3'),
      name: text('such as "H_ENTER"'),
      r4: number('first argument'),
      r5: number('second argument'),
      r6: number('third argument'),
      r7: number('fourth argument'),
    },
  },
  'host-event': {
    label: 'Host events',
    description:
      'The host or user space changes the guest’s memory: swapping, merging, migration, mmap, mprotect, memory slots.',
    fields: {
      name: text('such as "swap-out"'),
      when: text('"happens", or "begins" and "ends" of one that lasts'),
      gpa: number('guest physical address of the first page; absent when it is about a slot alone'),
      size: number('bytes'),
      slot: number('number of the memory slot; absent when it is about a range'),
      done: truth('it succeeded'),
      result: text('what came of it, such as "2 pages" or "EEXIST: it overlaps slot 0"'),
    },
  },
} as const satisfies Readonly<Record<string, EventDefinition>>;

export type EventKind = keyof typeof eventDefinitions;
export type EventValue = bigint | boolean | string | undefined;

/** Something that happened, at an exact instruction count. */
export interface MachineEvent<K extends EventKind = EventKind> {
  readonly kind: K;
  readonly instructionCount: number;
  readonly fields: Readonly<Record<string, EventValue>>;
}
