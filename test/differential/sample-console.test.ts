import { describe, expect, it } from 'vitest';
import { behaviors, runWhole, samplePath } from '../support/emulator-sample';
import { qemuIsInstalled, qemuIsMissing, runOnQemu } from '../support/qemu-pseries';

/** Its own devices are Key31's alone; QEMU's pseries has none like them. */
const withoutDevices = (console: string): string[] =>
  console
    .replaceAll('\r\n', '\n')
    .split('\n')
    .filter((line) => !/^(uart|passed-through device|through the emulated UART)/.test(line));

const processors = ['power7', 'power8'] as const;
const endians = ['be', 'le'] as const;

if (!qemuIsInstalled) console.log(qemuIsMissing);

describe.skipIf(!qemuIsInstalled)(
  'the sample guest mmio-trap says under Key31 what it says under QEMU',
  { timeout: 70_000 },
  () => {
    const runs = processors.flatMap((cpu) => endians.map((endian) => ({ cpu, endian })));

    it.each(runs)('$endian on $cpu', async ({ cpu, endian }) => {
      const onQemu = await runOnQemu(samplePath(endian), { cpu });
      for (const behavior of ['v3.4', 'v6.1'] as const)
        expect(withoutDevices(runWhole(behavior, endian, cpu).console), behavior).toEqual(
          withoutDevices(onQemu.console),
        );
      // The patch of 2011 differs in what it set out to change.
      const differing = withoutDevices(runWhole('rfc-2011', endian, cpu).console).filter(
        (line) => !onQemu.console.includes(line),
      );
      expect(differing).toEqual(['key 31: H_ENTER refused with -4 (H_PARAMETER)']);
    });
  },
);

describe('the console of the sample guest mmio-trap', () => {
  it.each(behaviors.flatMap((behavior) => endians.map((endian) => ({ behavior, endian }))))(
    'under $behavior in $endian',
    async ({ behavior, endian }) => {
      const { console } = runWhole(behavior, endian);
      await expect(console.replaceAll('\r\n', '\n')).toMatchFileSnapshot(
        `../golden/mmio-trap.${endian}.${behavior}.txt`,
      );
    },
  );
});
