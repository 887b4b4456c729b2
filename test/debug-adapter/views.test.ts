import { beforeEach, describe, expect, it } from 'vitest';
import type { CustomRequests, ConsoleEventBody } from '../../debug-adapter/custom-protocol';
import { adapterClient, sample, type AdapterClient } from '../support/adapter-client';

let theClient: AdapterClient;
const client = () => theClient;
beforeEach(async () => {
  theClient = await adapterClient();
});
const ask = async <K extends keyof CustomRequests>(of: AdapterClient, name: K, args: CustomRequests[K][0]) =>
  ((await of.customRequest(name, args)) as { body: CustomRequests[K][1] }).body;

const atKeyFault = () => client().run({ program: sample('le') }, [['key-fault', 'key == 31']]);

describe('what the views show at a stop on key 31', () => {
  it('agrees with what the variables show', async () => {
    await atKeyFault();
    const state = await ask(client(), 'key31/state', {});
    const text = async (expression: string) =>
      (await client().evaluateRequest({ expression, context: 'watch' })).body.result;
    const [slot] = state.slots;
    expect(slot).toMatchObject({ slot: 0, guestPhysicalAddress: '0x0', size: '0x10000000' });
    expect(slot!.mappedPages).toBeGreaterThan(0);
    for (const { name, value } of state.registers)
      expect(BigInt((await text(name)).split(' ')[0]!), name).toBe(BigInt(value));
    expect(state.exits).toHaveLength(1);
    expect(state.exits[0]).toMatchObject({ vcpu: 0, isWrite: true });
    expect(state.fault?.effectiveAddress).toBe(state.exits[0]?.effectiveAddress);
    // The page that the exit is for is one of those without memory.
    const gpa = BigInt(state.exits[0]!.guestPhysicalAddress);
    const inWindow = state.deviceWindows.filter(
      ({ guestPhysicalAddress: start, size }) => gpa >= BigInt(start) && gpa < BigInt(start) + BigInt(size),
    );
    expect(inWindow).toHaveLength(1);
    expect(state.segments.length).toBeGreaterThan(0);
  });

  it('counts the same entries by group, by page of the list, and altogether', async () => {
    await atKeyFault();
    const table = await ask(client(), 'key31/pageTable', {});
    const cells = Buffer.from(table.groups, 'base64');
    expect(cells).toHaveLength(2 * table.groupCount);
    const all = await ask(client(), 'key31/pageTableEntries', { start: 0, count: 1000 });
    expect(all.total).toBe(table.occupied);
    const inGroup = (group: number) => all.entries.filter((entry) => entry.group === group);
    for (const { group } of all.entries) {
      expect(cells[2 * group]! & 15).toBe(inGroup(group).length);
      expect(cells[2 * group]! >> 4).toBe(inGroup(group).filter(({ state }) => state === 'absent').length);
      expect(cells[2 * group + 1]).toBe(Math.max(...inGroup(group).map(({ key }) => key)));
    }
    const pieces = await Promise.all(
      [0, 7, 14].map((start) => ask(client(), 'key31/pageTableEntries', { start, count: 7 })),
    );
    expect(pieces.flatMap(({ entries }) => entries)).toEqual(all.entries.slice(0, 21));
    const reserved = await ask(client(), 'key31/pageTableEntries', { start: 0, count: 1000, filter: { key: 31 } });
    expect(reserved.entries).toEqual(all.entries.filter(({ key }) => key === 31));
    expect(reserved.total).toBeGreaterThan(0);
  });

  it('walks to each entry from the effective address that it gives', async () => {
    await atKeyFault();
    const { entries } = await ask(client(), 'key31/pageTableEntries', { start: 0, count: 1000 });
    let walked = 0;
    for (const entry of entries) {
      if (entry.effectiveAddress === undefined) continue;
      const walk = await ask(client(), 'key31/translate', { address: entry.effectiveAddress, access: 'load' });
      expect(walk.host, entry.effectiveAddress).toMatchObject({ entryIndex: entry.index });
      expect(walk.host?.slot).toBe(entry.slot);
      expect(walk.mapped || entry.state === 'absent' || walk.entry?.index === entry.index).toBe(true);
      walked++;
    }
    expect(walked).toBeGreaterThan(5);
  });

  it('shows a refusal where it was, and no slot behind key 31', async () => {
    await atKeyFault();
    const { fault } = await ask(client(), 'key31/state', {});
    const walk = await ask(client(), 'key31/translate', { address: fault!.effectiveAddress, access: fault!.access });
    expect(walk.mapped).toBe(false);
    expect(walk.host).toMatchObject({ state: 'absent', key: 31 });
    expect(walk.host?.slot).toBeUndefined();
    const passedOver = walk.groups
      .flatMap(({ entries }) => entries)
      .find(({ index }) => index === walk.host?.entryIndex);
    expect(passedOver?.refused).toBeDefined();
  });

  it('logs events of the kinds that are asked for, newest first', async () => {
    await atKeyFault();
    await ask(client(), 'key31/logEvents', { kinds: ['mmio-exit', 'hypercall'] });
    await client().stopAt(['key-fault', 'key == 31 && !store']);
    await client().goOn();
    const { events, loggedKinds } = await ask(client(), 'key31/state', {});
    expect(loggedKinds).toEqual(['mmio-exit', 'hypercall']);
    expect(events.length).toBeGreaterThan(0);
    const counts = events.map(({ sequence }) => sequence);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    await expect(ask(client(), 'key31/logEvents', { kinds: ['frob'] })).rejects.toThrow('There is no event "frob".');
  });

  it('supplies what a load will return, and refuses where none waits', async () => {
    await atKeyFault();
    await expect(ask(client(), 'key31/supplyMmioData', { threadId: 1, value: '1' })).rejects.toThrow(
      'No load of this vCPU',
    );
    await client().stopAt(['key-fault', 'key == 31 && !store']);
    await client().goOn();
    await ask(client(), 'key31/supplyMmioData', { threadId: 1, value: '0x5a' });
    expect((await ask(client(), 'key31/state', {})).exits[0]).toMatchObject({ isWrite: false, data: '0x5a' });
    await expect(ask(client(), 'key31/supplyMmioData', { threadId: 1, value: '1 << 63' })).rejects.toThrow('bytes');
  });
});

it('hands over the console as it is written, byte for byte', async () => {
  let written = '';
  client().on('key31/console', ({ body }: { body: ConsoleEventBody }) => {
    written += Buffer.from(body.bytes, 'base64').toString();
  });
  await client().run({ program: sample('le') });
  expect(written.replaceAll('\r', '')).toBe(client().output.stdout);
  expect(written).not.toBe('');
});
