import { describe, expect, it } from 'vitest';
import { samplePath } from '../support/emulator-sample';
import { SessionClient } from '../support/session-client';

const program = samplePath('le');
async function stopped(filter = 'key-fault'): Promise<SessionClient> {
  const client = new SessionClient();
  await client.run({ program }, [filter]);
  return client;
}
const set = (
  client: SessionClient,
  ...breakpoints: { dataId: string; accessType?: 'read' | 'write' | 'readWrite'; condition?: string }[]
) => client.request('setDataBreakpoints', { breakpoints }).breakpoints;
const forgetFilters = (client: SessionClient) => client.request('setExceptionBreakpoints', { filters: [] });

describe('typed addresses', () => {
  it('lead to the same bytes in every space', async () => {
    const client = await stopped();
    const [word] = client.value('pc').split(' ');
    const places = Object.fromEntries(
      client
        .children({
          variablesReference: client.request('evaluate', { expression: `ea:${word}`, context: 'watch' })
            .variablesReference,
        })
        .map(({ name, memoryReference }) => [name, memoryReference]),
    );
    const read = (memoryReference: string) => client.request('readMemory', { memoryReference, count: 64 })!.data;
    const bytes = read(`ea:${word}`);
    expect(bytes?.length).toBeGreaterThan(60);
    for (const space of ['va', 'gpa', 'hva', 'hpa']) {
      expect(places[space]).toMatch(new RegExp(`^${space}:0x`));
      expect(read(places[space]!), space).toBe(bytes);
    }
    expect(client.value(`who-maps ${places.gpa}`)).toContain(`ea:0x${BigInt(word!).toString(16)}`);
    const rows = (memoryReference: string) =>
      client
        .request('disassemble', { memoryReference, instructionCount: 4 })
        .instructions.map(({ instructionBytes }) => instructionBytes);
    expect(rows(places.gpa!)).toEqual(rows(word!));
  });

  it('write the same memory in every space', async () => {
    const client = await stopped();
    const physical = client.value('gpa(r1)').split(' ')[0]!;
    const before = client.value('doubleword(r1)');
    const data = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).toString('base64');
    client.request('writeMemory', { memoryReference: `gpa:${physical}`, data });
    expect(client.value('doubleword(r1)').split(' ')[0]).toBe('0x0807060504030201');
    expect(before).not.toContain('0x0807060504030201');
    expect(client.said('memory')).toHaveLength(1);
  });

  it('that are none are refused', async () => {
    const client = await stopped();
    for (const memoryReference of ['gpa:', 'xpa:0x10', 'gpa:0x11111111111111111', 'ea:r1', '']) {
      expect(() => client.request('readMemory', { memoryReference, count: 1 })).toThrow(/is not an address/);
    }
  });
});

describe('a data breakpoint', () => {
  it('on an HPTE follows its page, and names the hypercalls that enter and evict it', async () => {
    const first = await stopped('hpte-removed');
    const va = /va (0x[0-9a-f]+)/.exec(first.value('why'))![1]!;
    const client = new SessionClient();
    await client.run({ program, stopOnEntry: true });
    const info = client.request('dataBreakpointInfo', { name: `hpte(va:${va})`, asAddress: true });
    expect(info.dataId).toBe(`hpte(va:${va})`);
    expect(set(client, { dataId: info.dataId! })).toMatchObject([{ verified: true }]);
    expect((await client.goOn())?.text).toMatch(/come by the hypercall H_ENTER\(flags 0x[0-9a-f]+, pteIndex /);
    const event = await client.goOn();
    expect(event).toMatchObject({ reason: 'data breakpoint' });
    expect(event!.text).toMatch(
      /gone by the hypercall H_REMOVE\(flags 0x[0-9a-f]+, pteIndex 0x[0-9a-f]+, avpn 0x[0-9a-f]+\) at /,
    );
    expect(client.value('why')).toContain('H_REMOVE');
  });

  it('of a variable is what the variable stands for', async () => {
    const client = await stopped();
    const watched = (scope: string, ...names: readonly string[]) => {
      const { parent, name } = client.variable(scope, ...names);
      return client.request('dataBreakpointInfo', { variablesReference: parent, name }).dataId;
    };
    expect(watched('Pending MMIO exit', 'HPTE')).toMatch(/^hpte\(va:0x[0-9a-f]+\)$/);
    expect(watched('Pending MMIO exit', 'effective address')).toMatch(/^gpa:0x[0-9a-f]+\/8$/);
    expect(watched('MMU', 'lpcr')).toBe('lpcr@0');
    expect(watched('MMU', 'lpcr', 'VPM1')).toBe('lpcr.VPM1@0');
    expect(watched('MMU', 'amr', 'key 5')).toBe('amr.key5@0');
    expect(watched('MMU', 'slb', '[0]')).toBe('slb:0@0');
    expect(watched('Memory slots', 'slot 0', 'flags')).toBe('slot:0.flags');
    expect(watched('Registers', 'r31')).toBe('r31@0');
  });

  it('on guest memory stops after the store, whatever address it used, and tells old and new', async () => {
    const client = new SessionClient();
    await client.run({ program, stopOnEntry: true });
    client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'main' }] });
    await client.goOn();
    client.request('setFunctionBreakpoints', { breakpoints: [] });
    const { dataId } = client.request('dataBreakpointInfo', { name: 'r1 - 0x60', bytes: 32 });
    expect(dataId).toMatch(/^gpa:0x[0-9a-f]+\/32$/);
    set(client, { dataId: dataId!, accessType: 'write', condition: 'new != old' });
    const event = await client.goOn();
    expect(event).toMatchObject({ reason: 'data breakpoint' });
    expect(event!.text).toMatch(/written by "st\w+ /);
    expect(client.value('why')).toMatch(/It was 0x[0-9a-f]+ and is 0x[0-9a-f]+\./);
  });

  it('on a register or its field stops at the instruction that changes it', async () => {
    const client = new SessionClient();
    await client.run({ program, stopOnEntry: true });
    const info = client.request('dataBreakpointInfo', { name: 'msr.DR' });
    expect(info).toMatchObject({ dataId: 'msr.DR@0', accessTypes: ['write'] });
    set(client, { dataId: 'msr.DR@0', condition: 'new == 1' });
    expect(await client.goOn()).toMatchObject({
      reason: 'data breakpoint',
      text: expect.stringMatching(/msr\.DR of vCPU 0: changed by "rfid" at /) as string,
    });
  });

  it('on an SLB entry sees it come', async () => {
    const client = new SessionClient();
    await client.run({ program, stopOnEntry: true });
    set(client, { dataId: 'slb:1@0' });
    expect((await client.goOn())?.text).toMatch(/SLB entry 1 of vCPU 0: come by "slbmte /);
  });

  it.each(['nothing', 'hpte:0x0.colour', 'slb:99', 'gpa:0x0/0', 'lpcr.NOPE', ''])('on %j cannot be', async (dataId) => {
    const client = await stopped();
    expect(set(client, { dataId })).toMatchObject([{ verified: false }]);
    expect(client.request('dataBreakpointInfo', { name: dataId, asAddress: true }).dataId).toBeNull();
  });

  it('with a bad condition says so when it is set', async () => {
    const client = await stopped();
    expect(set(client, { dataId: 'slot:0.flags', condition: 'newer == 1' })).toMatchObject([
      { verified: false, message: 'There is no "newer".' },
    ]);
  });
});

describe('a pending MMIO exit', () => {
  const atLoad = async () => {
    const client = new SessionClient();
    await client.run({ program }, [], [{ filterId: 'mmio-exit', condition: '!store' }]);
    return client;
  };

  it('may be tried again: the same exit comes back at the same instruction', async () => {
    const client = await atLoad();
    const [pc, exit] = [client.value('pc'), client.value('exit')];
    expect(client.value('answer retry')).toContain('tried again');
    expect(client.value('pc')).toBe(pc);
    await client.goOn();
    expect([client.value('pc'), client.value('exit')]).toEqual([pc, exit]);
  });

  it('may be answered by a person, who is named among the last exits', async () => {
    const client = await atLoad();
    client.value('answer 0x5a');
    await client.goOn();
    expect(client.value('exits')).toMatch(/load of 1 at gpa:0x[0-9a-f]+, bytes 5a, answered by a person/);
  });

  it.each([
    ['data-storage', 0x300],
    ['machine-check', 0x200],
  ])('may be refused by a %s interrupt', async (decision, vector) => {
    const client = await atLoad();
    const address = client.value('pc').split(' ')[0]!;
    client.value(`answer ${decision}`);
    client.request('setExceptionBreakpoints', { filters: ['interrupt'] });
    await client.goOn();
    expect(client.value('why')).toContain(`vector 0x${vector.toString(16)}`);
    expect(client.value('srr0').split(' ')[0]).toBe(address);
  });

  it('of a store may have its data changed', async () => {
    const client = new SessionClient();
    await client.run({ program }, [], [{ filterId: 'mmio-exit', condition: 'store && gpa & 7 == 0' }]);
    const data = client.variable('Pending MMIO exit', 'data');
    client.request('setVariable', { variablesReference: data.parent, name: 'data', value: '0x41' });
    forgetFilters(client);
    await client.goOn();
    expect(client.value('exits', 'watch')).toContain('bytes 41, answered by serial port');
  });
});

describe('the verbs of events', () => {
  it('trace and count without stopping, and until stops once', async () => {
    const client = await stopped('segment-miss');
    forgetFilters(client);
    client.value('trace hypercall if name == "H_ENTER" say "enter {hpte(ea)} {r6}"'.replace(' {hpte(ea)}', ''));
    client.value('count hypercall');
    client.value('until hpte-removed');
    const event = await client.goOn();
    expect(event).toMatchObject({
      reason: 'exception',
      text: expect.stringMatching(/HPTEs removed: .*by H_REMOVE/) as string,
    });
    const rules = client.value('rules');
    expect(rules).not.toContain('until');
    expect(Number(/count hypercall \((\d+)\)/.exec(rules)![1])).toBeGreaterThan(0);
    const traced = client.console.split('\n').filter((line) => line.startsWith('enter 0x'));
    expect(traced).toHaveLength(Number(/H_ENTER" \((\d+)\)/.exec(rules)![1]));
  });

  it('stand in a filter’s condition too, where a client has no other place', async () => {
    const client = new SessionClient();
    const end = await client.run(
      { program },
      [],
      [
        { filterId: 'hypercall', condition: 'trace: name == "H_REMOVE"' },
        { filterId: 'key-fault', condition: 'count:' },
      ],
    );
    expect(end).toBeUndefined();
    expect(client.console).toContain('Hypercall H_REMOVE');
    expect(client.value('rules', 'watch')).toMatch(/count key-fault \([1-9]/);
  });
});
