import { describe, expect, it } from 'vitest';
import { launchSchema } from '../../extension/launch-schema';
import { schemaViolations } from '../../extension/schema-violations';

const violations = (configuration: object) => schemaViolations(launchSchema, { program: 'a', ...configuration }, '');

describe('a launch configuration', () => {
  it('that says everything is accepted', () => {
    const everything = {
      initrd: 'b',
      append: 'console=hvc0',
      cpu: 'power7',
      memory: '1G',
      smp: 8,
      stopOnEntry: true,
      maxInstructions: 1,
      kvm: { behavior: 'rfc-2011', realMode: 'rma' },
      memorySlots: [{ slot: 0, guestPhysicalAddress: '0x0', size: '64M', vma: 'device', flags: 2 }],
      hostEvents: [{ at: 5, stage: 'page-fault', action: 'swap-out', guestPhysicalAddress: '0x0', size: '64K' }],
      randomHostEvents: { seed: 1, every: 1000 },
      engine: 'reference',
      devices: [
        { type: 'virtio-blk', file: 'disk.img', readOnly: true },
        { type: 'virtio-rng', seed: 7 },
      ],
    };
    expect(Object.keys(everything).concat('program').sort()).toEqual(Object.keys(launchSchema.properties).sort());
    expect(violations(everything)).toEqual([]);
  });

  it('may hold what VS Code adds to it', () => {
    expect(violations({ __sessionId: '1', preLaunchTask: 'build' })).toEqual([]);
  });

  it('needs a program', () => {
    expect(schemaViolations(launchSchema, {}, '')).toEqual(['"program" is missing.']);
  });

  it.each([
    [{ program: 1 }, '"program" must be a text.'],
    [{ cpu: 'power9' }, '"cpu" must be one of power7, power8.'],
    [{ memory: '256 megabytes' }, '"memory" must be a size such as 256M: a whole number and K, M or G.'],
    [{ smp: 0 }, '"smp" must be a whole number from 1 to 8.'],
    [{ smp: 1.5 }, '"smp" must be a whole number from 1 to 8.'],
    [{ maxInstructions: '9' }, '"maxInstructions" must be a whole number of at least 1.'],
    [{ stopOnEntry: 'yes' }, '"stopOnEntry" must be true or false.'],
    [{ kvm: 'v6.1' }, '"kvm" must be an object.'],
    [{ kvm: { behavior: 'v9' } }, '"kvm.behavior" must be one of rfc-2011, v3.4, v6.1.'],
    [{ kvm: { behaviour: 'v6.1' } }, '"kvm.behaviour" is not known here.'],
    [{ kvm: { toString: 1 } }, '"kvm.toString" is not known here.'],
    [{ memorySlots: {} }, '"memorySlots" must be a list.'],
    [
      { memorySlots: [{ slot: 0, guestPhysicalAddress: '4096', size: '1M' }] },
      '"memorySlots[0].guestPhysicalAddress" must be an address such as 0x80000000.',
    ],
    [{ memorySlots: [{ slot: 0, guestPhysicalAddress: '0x0' }] }, '"memorySlots[0].size" is missing.'],
  ])('%j is refused', (configuration, message) => {
    expect(violations(configuration)).toEqual([message]);
  });
});
