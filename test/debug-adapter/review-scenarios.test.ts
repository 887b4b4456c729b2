/** The review of the patch as runs: each scenario's launch.json, by both behaviours, as `key31 run --config` runs it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLaunchFile } from '../../debug-adapter/command-line/launch-file';
import { readLaunchConfiguration } from '../../debug-adapter/session/launch-configuration';
import { makeGuest } from '../../debug-adapter/session/make-guest';
import type { EventKind } from '../../emulator/index';
import { describeOutcome, recorder } from '../support/emulator-guest';

const review = join(import.meta.dirname, '../../extension/samples/review');

function runScenario(name: string, behavior: 'rfc-2011' | 'v6.1') {
  const configuration = readLaunchConfiguration(readLaunchFile(join(review, name, '.vscode/launch.json'), behavior));
  const { target } = makeGuest(configuration);
  const { watch, events, console } = recorder({ events: new Set<EventKind>(['host-event', 'mmio-exit']) });
  const outcome = describeOutcome(target.run(configuration.maxInstructions, watch));
  const lines = console()
    .split('\n')
    .map((line) => line.trim());
  return {
    outcome,
    lines,
    hostEvents: events
      .filter(({ kind }) => kind === 'host-event')
      .map(({ fields }) => `${String(fields.name)}: ${String(fields.result)}`),
    exits: events
      .filter(({ kind }) => kind === 'mmio-exit')
      .map(({ fields }) => ({ trappedAsStore: fields.store, stores: fields.data })),
    target,
  };
}
const ended = { outcome: 'powered-off' };

describe('the instruction changes between the fault and the read', () => {
  it('rfc-2011: a store is emulated for an access that trapped as a load', () => {
    const { exits, ...run } = runScenario('instruction-changes', 'rfc-2011');
    expect(run).toMatchObject(ended);
    expect(exits).toHaveLength(1);
    expect(exits[0]?.trappedAsStore).toBe(false);
    expect(exits[0]?.stores).toBeDefined();
  });
  it('v6.1: the guest tries again, and what leaves is what trapped', () => {
    const { exits, ...run } = runScenario('instruction-changes', 'v6.1');
    expect(run).toMatchObject(ended);
    expect(exits).toHaveLength(1);
    expect(exits[0]?.trappedAsStore).toBe(true);
    expect(exits[0]?.stores).toBeDefined();
  });
});

describe('write permission by the status register', () => {
  it('rfc-2011: a store leaves with a load’s permission', () => {
    const { lines, exits } = runScenario('direction-from-dsisr', 'rfc-2011');
    expect(lines).toContain('no interrupt: the store went out');
    expect(exits).toHaveLength(1);
    expect(exits[0]?.stores).toBeDefined();
  });
  it('v6.1: the store is refused by the guest’s own protection', () => {
    const { lines, exits } = runScenario('direction-from-dsisr', 'v6.1');
    expect(lines).toContain('the store was refused: DSISR 0xa000000');
    expect(exits).toEqual([]);
  });
});

describe('there is no single area behind a slot', () => {
  it('rfc-2011: one look, at one byte, once', () => {
    const { lines, hostEvents } = runScenario('no-single-vma', 'rfc-2011');
    expect(lines).toContain('memory behind a device: H_ENTER of guest address 0x80010000 said -4');
    expect(hostEvents[0]).toContain('set-memory-region: EINVAL');
    expect(lines).toContain('mapped later: holds 0xffffffffffffffff');
    expect(lines).toContain('replaced: holds 0x1d');
  });
  it('v6.1: each page is what is there when it is touched', () => {
    const { lines, hostEvents } = runScenario('no-single-vma', 'v6.1');
    expect(lines).toContain('memory behind a device: holds 0x600d');
    expect(hostEvents[0]).toBe('set-memory-region: create');
    expect(lines).toContain('mapped later: holds 0x600d');
    expect(lines).toContain('replaced: holds 0x2e3');
  });
});

describe('permission is asked when the page is got', () => {
  it('rfc-2011: a store goes through to a page that the host has made read-only', () => {
    const { lines, outcome } = runScenario('permission-later', 'rfc-2011');
    expect(lines).toContain('memory: the store went through, 0x2');
    expect(outcome).toBe('powered-off');
  });
  it('v6.1: the load works, the store ends KVM_RUN', () => {
    const { lines, outcome } = runScenario('permission-later', 'v6.1');
    expect(lines).toContain('private file: a copy of the page holds 0xc0b1ed');
    expect(lines).toContain('memory: still readable, 0x1');
    expect(outcome).toBe('stuck: get_user_pages: not writable.');
  });
});

describe('the host write-protects a page', () => {
  it('rfc-2011: the guest goes on in a page that is a child’s by now, and nothing can be merged', () => {
    const { lines, hostEvents } = runScenario('write-protect', 'rfc-2011');
    expect(hostEvents[0]).toBe('merge: 0 pages');
    expect(lines).toContain('after user space wrote: one 0x2');
  });
  it('v6.1: each is told, and no write and no dirty page is lost', () => {
    const { lines, hostEvents } = runScenario('write-protect', 'v6.1');
    expect(hostEvents[0]).toBe('merge: 2 pages');
    expect(lines).toContain('after merging: one 0x1, other 0x5a3e');
    expect(lines).toContain('after user space wrote: one 0x7');
    expect(lines).toContain('after swapping and moving: one 0x7, other 0x5a3e');
    expect(hostEvents).toContain('get-dirty-log: 2 pages written to');
  });
});

describe('a flag that is the hypervisor’s own', () => {
  it('rfc-2011: user space sets it, and memory counts as a device', () => {
    const { lines, hostEvents, target } = runScenario('internal-flag', 'rfc-2011');
    expect(hostEvents).toEqual(['set-memory-region: create']);
    expect(target.memorySlots().find(({ number }) => number === 5)?.flagNames).toEqual([
      { name: 'KVM_MEMSLOT_IO', internal: true },
    ]);
    expect(lines).toContain('ordinary memory: H_ENTER of guest address 0x80000000 said -4');
  });
  it('v6.1: EINVAL', () => {
    const { hostEvents, target } = runScenario('internal-flag', 'v6.1');
    expect(hostEvents).toEqual(['set-memory-region: EINVAL: the flags are not ones that may be set']);
    expect(target.memorySlots().some(({ number }) => number === 5)).toBe(false);
  });
});

describe('key 31 from the guest’s side', () => {
  it('rfc-2011: refused by H_ENTER and H_PROTECT', () => {
    const { lines } = runScenario('key-31', 'rfc-2011');
    expect(lines).toContain('key 31: H_ENTER of guest address 0x100000 said -4');
    expect(lines).toContain('key 0: H_PROTECT to key 31 said -4');
  });
  it('v6.1: a key like any other', () => {
    const { lines } = runScenario('key-31', 'v6.1');
    expect(lines).toContain('key 31: the page holds 0x31');
    expect(lines).toContain("key 0: the guest's view now has key 31");
  });
});

describe('large pages', () => {
  it.each([
    ['rfc-2011', 0, 0, -4],
    ['v6.1', 0, -4, -4],
  ] as const)('%s: what an entry of 16 MiB may stand on', (behavior, untouched, present, misaligned) => {
    const { lines } = runScenario('large-pages', behavior);
    expect(lines).toContain(`memory that nobody has touched: H_ENTER of 16 MiB at 0x2000000 said ${untouched}`);
    expect(lines).toContain(`memory that is there: H_ENTER of 16 MiB at 0x1000000 said ${present}`);
    expect(lines).toContain(`a slot that is not a multiple of it: H_ENTER of 16 MiB at 0x80000000 said ${misaligned}`);
  });
});
