import { expect, it } from 'vitest';
import { defaultConfiguration } from '../../../../emulator/index';
import { makePseries } from '../../../../emulator/machine/pseries';
import { MEBIBYTE, nop, programOf } from '../../../support/emulator-guest';
import { Random, seedFor } from '../../../support/isa-random';

const make = () =>
  makePseries({
    ...defaultConfiguration,
    memory: 16 * MEBIBYTE,
    program: programOf({ code: [nop] }),
    devices: [
      { type: 'serial' },
      { type: 'virtio-blk', image: new Uint8Array(4096), readOnly: false },
      { type: 'virtio-console' },
      { type: 'virtio-rng', seed: 31n },
      { type: 'virtio-net', wire: 'loopback' },
    ],
  });
type Pseries = ReturnType<typeof make>;

/** Accesses to all registers of all devices and to their configuration spaces, and what they read. */
function use({ pci }: Pseries, seed: number, steps: number): number[] {
  const random = new Random(seed);
  const read: number[] = [];
  for (let step = 0; step < steps; step++) {
    const one = random.of(pci!.bridge.functions);
    const bytes = Uint8Array.from({ length: 1 + random.below(4) }, () => random.below(256));
    if (random.below(4) === 0) {
      const offset = random.below(63) * 4;
      if (random.below(2) === 0) one.writeConfiguration(offset, bytes);
      else read.push(...one.readConfiguration(offset, bytes.length));
      continue;
    }
    const place = random.of(one.places);
    const offset = random.below(0x40);
    if (random.below(2) === 0) place.write(offset, bytes);
    else read.push(...place.read(offset, bytes.length));
    if (random.below(8) === 0) for (const { type } of pci!.devices) type?.(bytes);
  }
  return read;
}

it('the state of a bus is all that its devices remember: another one that takes it over goes on the same', () => {
  const seed = seedFor('state of the bus');
  for (let world = 0; world < 10; world++) {
    const [whole, other] = [make(), make()];
    use(whole, seed + world, 300);
    const { state } = whole.pci!;
    const before = JSON.stringify(state, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
    const expected = use(whole, seed + world + 100, 300);
    use(other, seed + world + 200, 100);
    other.pci!.state = state;
    expect(use(other, seed + world + 100, 300), `world ${world}`).toEqual(expected);
    expect(other.pci!.state).toEqual(whole.pci!.state);
    expect(
      JSON.stringify(state, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one)),
      'the state taken is a copy',
    ).toBe(before);
  }
});
