import type { ListSchema, ObjectSchema } from './schema-violations';

/** The type that a launch configuration names to be run by Key31. */
export const debuggerType = 'key31';

const size = {
  type: 'string',
  pattern: '^[1-9][0-9]*[KMG]$',
  patternErrorMessage: 'must be a size such as 256M: a whole number and K, M or G',
} as const;

const vma = {
  type: 'string',
  enum: ['anonymous', 'hugetlb', 'rma', 'device', 'shared-file', 'private-file', 'none'],
  enumDescriptions: [
    'Ordinary memory, in pages of 64 KiB.',
    'hugetlbfs: pages of 16 MiB.',
    'Not for a slot of its own: contiguous memory of KVM_ALLOCATE_RMA.',
    'A device (VM_PFNMAP): pages without a struct page.',
    'A file, written through.',
    'A file of which pages are copied when they are written to.',
    'Nothing, so far.',
  ],
  default: 'anonymous',
  description: "What the host process has mapped at the slot's host virtual address.",
} as const;
const guestAddress = {
  type: 'string',
  pattern: '^0x[0-9a-fA-F]+$',
  patternErrorMessage: 'must be an address such as 0x80000000',
} as const;

const memorySlots = {
  type: 'array',
  description: "Memory slots beside slot 0, the guest's memory, and slot 1, the device that is passed through to it.",
  items: {
    type: 'object',
    required: ['slot', 'guestPhysicalAddress', 'size'],
    additionalProperties: false,
    properties: {
      slot: { type: 'integer', minimum: 0, maximum: 511, description: 'The number of the slot.' },
      guestPhysicalAddress: {
        ...guestAddress,
        description: 'Where the slot begins in guest physical memory, such as 0x80000000.',
      },
      size: { ...size, description: 'How much the slot covers, such as 64M.' },
      vma,
      areas: {
        type: 'array',
        description: 'In place of "vma": several areas, one after the other, that have the size of the slot together.',
        items: {
          type: 'object',
          required: ['vma', 'size'],
          additionalProperties: false,
          properties: { vma, size: { ...size, description: 'How much the area covers.' } },
        },
      },
      flags: {
        type: 'integer',
        minimum: 0,
        maximum: 0xffff_ffff,
        default: 0,
        description: 'The flags word of KVM_SET_USER_MEMORY_REGION: 1 logs dirty pages, 2 makes the slot read-only.',
      },
    },
  },
} as const satisfies ListSchema;

const hostEvents = {
  type: 'array',
  description: "What the host and user space do to the guest's memory while it runs.",
  items: {
    type: 'object',
    required: ['action'],
    additionalProperties: false,
    properties: {
      at: {
        type: 'integer',
        minimum: 0,
        default: 0,
        description: 'The count of instructions, of all virtual processors together, at which it happens.',
      },
      stage: {
        type: 'string',
        enum: ['storage-trap', 'page-fault', 'insert-entry', 'emulate-mmio', 'mmio-exit'],
        enumDescriptions: [
          'The hardware has given an access to the hypervisor, which has not looked yet.',
          'KVM is about to get the page.',
          'KVM has the page, and is about to put it into the table.',
          'KVM is about to read the instruction and emulate the access.',
          'The access waits for user space.',
        ],
        description: 'From then on, the moment at which it happens: when an access is held there.',
      },
      lasting: {
        type: 'integer',
        minimum: 0,
        default: 0,
        description: 'Instructions between its two halves, in which KVM may not use what is changing.',
      },
      action: {
        type: 'string',
        enum: [
          'swap-out',
          'migrate',
          'merge',
          'fork',
          'munmap',
          'age',
          'test-young',
          'mprotect',
          'mmap',
          'write-memory',
          'set-memory-region',
          'delete-memory-region',
          'get-dirty-log',
        ],
        enumDescriptions: [
          'The host writes pages out.',
          'The host moves pages to other frames.',
          'Same-page merging: pages of equal contents share one frame, read-only.',
          'The process forks: pages are copied when they are next written to.',
          'The process takes the mapping away.',
          'The host asks whether the pages have been used, and forgets it.',
          'The host asks whether the first page has been used.',
          'The process changes its rights.',
          'The process maps something else there.',
          'Another processor, a device or user space writes to the memory of the guest.',
          'KVM_SET_USER_MEMORY_REGION: makes a slot, moves it or changes its flags.',
          'KVM_SET_USER_MEMORY_REGION with no size: takes the slot away.',
          'KVM_GET_DIRTY_LOG.',
        ],
        description: 'What happens.',
      },
      guestPhysicalAddress: { ...guestAddress, description: 'The first page that it happens to.' },
      size: { ...size, description: 'How much it happens to: whole pages of 64K.' },
      slot: { type: 'integer', minimum: 0, description: 'The number of a memory slot.' },
      flags: {
        type: 'integer',
        minimum: 0,
        maximum: 0xffff_ffff,
        default: 0,
        description: 'The flags word of KVM_SET_USER_MEMORY_REGION.',
      },
      vma,
      readable: { type: 'boolean', default: true, description: 'mprotect: the process may read.' },
      writable: { type: 'boolean', default: false, description: 'mprotect: the process may write.' },
      bytes: {
        type: 'string',
        pattern: '^([0-9a-fA-F]{2} ?)+$',
        patternErrorMessage: 'must be bytes such as 60 00 00 00',
        description: 'write-memory: what is written.',
      },
    },
  },
} as const satisfies ListSchema;

const devices = {
  type: 'array',
  description: 'What is on the PCI bus, in the order of its slots.',
  items: {
    type: 'object',
    required: ['type'],
    additionalProperties: false,
    properties: {
      type: {
        type: 'string',
        enum: ['serial', 'virtio-blk', 'virtio-console', 'virtio-rng', 'virtio-net'],
        enumDescriptions: [
          'A 16550 serial port behind I/O ports of the bus.',
          'A disk.',
          'A console.',
          'A source of random numbers, the same in every run.',
          'A network interface.',
        ],
        description: 'Which device it is.',
      },
      file: {
        type: 'string',
        description: "Of a disk: the file with its contents. The guest's writes do not change the file.",
      },
      size: { ...size, description: 'Of a disk without a file: how large it is, such as 64M. It begins empty.' },
      readOnly: { type: 'boolean', default: false, description: 'Of a disk: the guest cannot write to it.' },
      seed: { type: 'integer', minimum: 0, default: 31, description: 'Of virtio-rng: where its numbers begin.' },
      wire: {
        type: 'string',
        enum: ['none', 'loopback'],
        enumDescriptions: ['Frames are lost.', 'Frames come back.'],
        default: 'none',
        description: 'Of virtio-net: where its wire leads.',
      },
    },
  },
} as const satisfies ListSchema;

/**
 * What a launch configuration may say. VS Code completes and checks launch.json by it, and the same text validates a
 * configuration before a session starts; a test holds package.json to it.
 */
export const launchSchema = {
  type: 'object',
  required: ['program'],
  properties: {
    program: {
      type: 'string',
      description: 'The guest: a 64-bit PowerPC ELF file, either a bare program or a Linux kernel (vmlinux).',
      default: '${workspaceFolder}/guest.elf',
    },
    initrd: { type: 'string', description: 'A file to place in guest memory as the initial RAM disk.' },
    append: { type: 'string', description: 'The command line that the guest kernel finds in its device tree.' },
    cpu: {
      type: 'string',
      enum: ['power7', 'power8'],
      enumDescriptions: ['POWER7, Power ISA 2.06.', 'POWER8, Power ISA 2.07.'],
      default: 'power8',
      description: 'The processor that the guest runs on.',
    },
    memory: { ...size, default: '256M', description: 'How much memory the guest has, such as 256M.' },
    smp: { type: 'integer', minimum: 1, maximum: 8, default: 1, description: 'How many virtual processors it has.' },
    stopOnEntry: { type: 'boolean', default: false, description: 'Stop before the first instruction of the guest.' },
    maxInstructions: {
      type: 'integer',
      minimum: 1,
      description: 'End the session after this many instructions, so that a guest that hangs does not run for ever.',
    },
    kvm: {
      type: 'object',
      description: 'The hypervisor that hosts the guest.',
      additionalProperties: false,
      properties: {
        behavior: {
          type: 'string',
          enum: ['rfc-2011', 'v3.4', 'v6.1'],
          enumDescriptions: [
            'The patch as posted for review in November 2011, with all that the review objected to.',
            'Linux 3.4: the patch as merged.',
            'Linux 6.1.',
          ],
          default: 'v6.1',
          description: 'Whose rules the guest meets.',
        },
        realMode: {
          type: 'string',
          enum: ['vrma', 'rma'],
          enumDescriptions: [
            'Virtual real mode area: real-mode accesses are translated through the hashed page table.',
            'Real mode area: one contiguous piece of host memory, as the PowerPC 970 needs.',
          ],
          default: 'vrma',
          description: 'What stands behind accesses that the guest makes with translation off.',
        },
      },
    },
    memorySlots,
    devices,
    hostEvents,
    randomHostEvents: {
      type: 'object',
      description: "Host events on the guest's memory, drawn from a seed: swapping, migration, merging, forks, ageing.",
      required: ['every'],
      additionalProperties: false,
      properties: {
        seed: {
          type: 'integer',
          minimum: 0,
          maximum: 0xffff_ffff,
          default: 31,
          description: 'Another seed, other events.',
        },
        every: { type: 'integer', minimum: 1, description: 'Instructions from one to the next, on the average.' },
      },
    },
    engine: {
      type: 'string',
      enum: ['interpreter', 'reference'],
      enumDescriptions: ['Generated WebAssembly.', 'One instruction at a time, a hundred times slower.'],
      default: 'interpreter',
      description: 'What runs the instructions of the guest; nothing that the guest can see depends on it.',
    },
  },
} as const satisfies ObjectSchema;
