import { describe, expect, it } from 'vitest';
import type { FaultView, MachineEvent } from '../../../emulator/index';
import { recorder } from '../../support/emulator-guest';
import { behaviors, startSample } from '../../support/emulator-sample';

const hex = (value: bigint | undefined) => (value === undefined ? '-' : `0x${value.toString(16)}`);

/** One line a fault: the access, where it went and why, and what the whole decision says of it. */
function line({ kind, fields }: MachineEvent, fault: FaultView | undefined): string {
  if (!fault) return `${kind}: no fault`;
  const { access, effectiveAddress, statusRegister, status, vector, to, outcome, decision } = fault;
  const cause = typeof fields['cause'] === 'string' ? ` (${fields['cause']})` : '';
  const { protection, groups } = decision;
  const tried = groups.map(
    ({ which, entries }) => `${which} ${entries.map(({ refused }) => refused ?? 'taken').join(' ')}`,
  );
  const key =
    protection &&
    `, key ${protection.classKey} barred ${protection.barred} by ${protection.keyRegister}, ${protection.rights}`;
  return [
    `${kind}${cause}: ${access} of ${hex(effectiveAddress)}`,
    `  ${statusRegister} ${hex(status)}, vector ${vector.toString(16)} to the ${to}: ${outcome}`,
    `  now ${decision.verdict}, ${decision.mode}${key ?? ''}`,
    ...tried.map((one) => `  ${one}`),
  ].join('\n');
}

/** What repeats is written once, with a count. */
function withoutRepeats(lines: readonly string[]): string {
  const groups: { text: string; times: number }[] = [];
  for (const text of lines) {
    const last = groups.at(-1);
    if (last?.text === text) last.times++;
    else groups.push({ text, times: 1 });
  }
  return groups.map(({ text, times }) => (times === 1 ? `${text}\n` : `${times} times ${text}\n`)).join('');
}

const faultKinds = ['key-fault', 'page-fault', 'protection-fault', 'segment-miss', 'mmio-exit'] as const;

/** Stops at every fault. */
function faultsOf(behavior: (typeof behaviors)[number], endian: 'be' | 'le') {
  const machine = startSample(behavior, endian);
  const faults: string[] = [];
  const views: FaultView[] = [];
  const { watch } = recorder({ events: new Set(faultKinds), stops: () => true });
  for (;;) {
    const outcome = machine.run(1e9, watch);
    if (outcome.kind !== 'event') return { faults, views, outcome };
    const { fault } = machine.vcpus[0]!;
    faults.push(line(outcome.event, fault));
    if (fault) views.push(fault);
  }
}

describe.each(behaviors)('the faults of the sample under %s', (behavior) => {
  it('are the ones that its scenes make, each with its whole decision', async () => {
    const { faults, outcome } = faultsOf(behavior, 'be');
    expect(outcome).toEqual({ kind: 'powered-off', how: 'power-off' });
    await expect(withoutRepeats(faults)).toMatchFileSnapshot(`../../golden/faults-of-sample.${behavior}.txt`);
  });

  it('are the same scenes in little-endian', () => {
    const scenes = (endian: 'be' | 'le') =>
      faultsOf(behavior, endian)
        .views.filter(({ effectiveAddress }) => effectiveAddress >= 0xd000_0000_0000_0000n)
        .map(({ effectiveAddress, access, status, statusRegister, outcome }) => ({
          effectiveAddress,
          access,
          status,
          statusRegister,
          outcome,
        }));
    expect(scenes('le')).toEqual(scenes('be'));
  });
});

it.each(behaviors)('the status of each scene under %s is the one that the guest prints', (behavior) => {
  const { views } = faultsOf(behavior, 'be');
  const at = (effectiveAddress: bigint) => views.filter((one) => one.effectiveAddress === effectiveAddress);
  expect(at(0xd000_0000_0003_0128n)[0]).toMatchObject({
    access: 'load',
    statusRegister: 'HDSISR',
    status: 0x4000_0000n,
    to: 'host',
  });
  expect(at(0xd000_0000_0004_0010n).map(({ status }) => status)).toContain(0x0a00_0000n);
  expect(at(0xd000_0000_0005_0128n).some(({ status }) => status === 0x0020_0000n)).toBe(true);
  expect(at(0xe000_0000_0007_0128n)[0]).toMatchObject({ statusRegister: 'DSISR', vector: 0x380, to: 'guest' });
});
