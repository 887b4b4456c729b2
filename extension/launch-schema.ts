import type { ListSchema, ObjectSchema } from './schema-violations';

/** The type that a launch configuration names to be run by Key31. */
export const debuggerType = 'key31';

const size = {
  type: 'string',
  pattern: '^[1-9][0-9]*[KMG]$',
  patternErrorMessage: 'must be a size such as 256M: a whole number and K, M or G',
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
        type: 'string',
        pattern: '^0x[0-9a-fA-F]+$',
        patternErrorMessage: 'must be an address such as 0x80000000',
        description: 'Where the slot begins in guest physical memory, such as 0x80000000.',
      },
      size: { ...size, description: 'How much the slot covers, such as 64M.' },
      vma: {
        type: 'string',
        enum: ['anonymous', 'device'],
        enumDescriptions: [
          'The host maps ordinary memory there.',
          'The host maps a device there (VM_PFNMAP): pages without a struct page.',
        ],
        default: 'anonymous',
        description: "What the host process has mapped at the slot's host virtual address.",
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
    engine: {
      type: 'string',
      enum: ['interpreter', 'reference'],
      enumDescriptions: ['Generated WebAssembly.', 'One instruction at a time, a hundred times slower.'],
      default: 'interpreter',
      description: 'What runs the instructions of the guest; nothing that the guest can see depends on it.',
    },
  },
} as const satisfies ObjectSchema;
