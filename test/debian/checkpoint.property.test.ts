import { describe, it } from 'vitest';
import { compareCheckpoints, drawCounts } from '../support/checkpoint-comparison';
import { debianInitrd, debianIsMissing, debianIsThere, debianMachine } from '../support/debian-guest';
import { chosenSeed } from '../support/seed';

const seed = chosenSeed();
const someCounts = drawCounts(seed);
/** Instructions after which Linux 6.1 on one vCPU has its drivers, uses them, and has powered off. */
const driversAtWork = [1_584_000_000, 1_586_500_000, 1_600_000_000];

if (!debianIsThere) console.log(debianIsMissing);
describe.skipIf(!debianIsThere)(`checkpoints of Linux, seed ${seed}`, () => {
  it.each([1, 4])('of Debian’s boot on %i vCPUs', { timeout: 1_200_000 }, (smp) => {
    compareCheckpoints(() => debianMachine({ smp }), someCounts(280_000_000, 2));
  });
  it('of Linux’s drivers at work on devices', { timeout: 1_200_000 }, () => {
    const make = () =>
      debianMachine({
        initrd: debianInitrd(new URL('../guests/debian/init-devices', import.meta.url)),
        devices: [
          { type: 'virtio-blk', image: new Uint8Array(2 ** 20), readOnly: false },
          { type: 'serial' },
          { type: 'virtio-rng', seed: 31n },
          { type: 'virtio-console' },
          { type: 'virtio-net', wire: 'loopback' },
        ],
      });
    compareCheckpoints(make, driversAtWork);
  });
});
