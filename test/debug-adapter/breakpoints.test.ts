import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adapterClient, sample, sampleFolder, sharedClient, type AdapterClient } from '../support/adapter-client';

const program = sample('le');
const mainFile = `${sampleFolder}/main.c`;
const mainText = readFileSync(mainFile, 'utf8').split('\n');
const lineOf = (text: string): number => mainText.findIndex((line) => line.includes(text)) + 1;
const symbol = async (client: AdapterClient): Promise<string> => (await client.guestFrame()).name;

async function atEntry(): Promise<AdapterClient> {
  const client = await adapterClient();
  await client.run({ program, stopOnEntry: true });
  return client;
}
const functions = (
  client: AdapterClient,
  ...breakpoints: { name: string; condition?: string; hitCondition?: string }[]
) => client.setFunctionBreakpointsRequest({ breakpoints }).then(({ body }) => body.breakpoints);

describe('a function breakpoint', () => {
  const entered = sharedClient((client) => client.run({ program, stopOnEntry: true }));

  it('stops where calls of the function arrive', async () => {
    const client = await atEntry();
    const [breakpoint] = await functions(client, { name: 'load_from_uart' });
    expect(breakpoint).toMatchObject({ verified: true });
    expect(await client.goOn()).toMatchObject({ reason: 'function breakpoint', hitBreakpointIds: [breakpoint!.id] });
    expect(await symbol(client)).toMatch(/^load_from_uart/);
  });

  it('stops in real mode too, where the top four bits of addresses do not count', async () => {
    const client = await atEntry();
    await functions(client, { name: 'handle_interrupt' });
    await client.goOn();
    expect(await symbol(client)).toMatch(/^handle_interrupt/);
    expect(Number(await client.value('msr & 0x20'))).toBe(0);
  });

  it('may have a condition over registers, and a hit count', async () => {
    const client = await atEntry();
    const [first, second] = await functions(
      client,
      { name: 'store_to_uart', condition: 'r5 == 0x65' },
      { name: 'store_to_uart', hitCondition: '10' },
    );
    // Bytes are in r5 or r4, as the compiler likes; one of the two conditions comes first in any case.
    expect([first, second]).toMatchObject([{ verified: true }, { verified: true }]);
    expect(await client.goOn()).toMatchObject({ reason: 'function breakpoint' });
  });

  it.each([
    [{ name: 'no_such_function' }, 'The guest has no function "no_such_function".'],
    [{ name: 'main', condition: 'r3 ==' }, /cannot be read/],
    [{ name: 'main', condition: 'r99 == 1' }, /There is no "r99"/],
    [{ name: 'main', hitCondition: 'often' }, /is not a hit count/],
    [{ name: '0x102' }, /no multiple of 4/],
  ])('that cannot be is told when it is set: %j', async (breakpoint, message) => {
    const [made] = await functions(entered(), breakpoint);
    expect(made!.verified).toBe(false);
    expect(made!.message).toMatch(message);
  });
});

describe('a breakpoint on a line', () => {
  it('stops there, with the source open', async () => {
    const client = await atEntry();
    const line = lineOf('say("mmio-trap: done");');
    const { body } = await client.setBreakpointsRequest({ source: { path: mainFile }, breakpoints: [{ line }] });
    expect(body.breakpoints).toMatchObject([{ verified: true, line }]);
    expect(await client.goOn()).toMatchObject({ reason: 'breakpoint' });
    expect(await client.guestFrame()).toMatchObject({ line, source: { path: mainFile } });
    expect(client.output.stdout).toContain('H_REMOVE said 0');
    expect(client.output.stdout).not.toContain('mmio-trap: done');
  });

  it('moves to the next line that has code', async () => {
    const client = await atEntry();
    const { body } = await client.setBreakpointsRequest({ source: { path: mainFile }, breakpoints: [{ line: 1 }] });
    expect(body.breakpoints[0]!.verified).toBe(true);
    expect(body.breakpoints[0]!.line).toBeGreaterThan(20);
  });

  it('in a file that is not the guest’s is not verified', async () => {
    const client = await atEntry();
    const { body } = await client.setBreakpointsRequest({ source: { path: '/x/other.c' }, breakpoints: [{ line: 1 }] });
    expect(body.breakpoints).toMatchObject([{ verified: false }]);
  });

  it('may say something and not stop', async () => {
    const client = await atEntry();
    const line = lineOf('say("mmio-trap: done");');
    await client.setBreakpointsRequest({
      source: { path: mainFile },
      breakpoints: [{ line, logMessage: 'at {pc}, r1 is {r1 & 0xf}' }],
    });
    expect(await client.goOn()).toBeUndefined();
    expect(client.output.console).toMatch(/at 0xc000000000[0-9a-f]+, r1 is 0x0\n/);
  });
});

describe('an instruction breakpoint', () => {
  it('stops before the instruction', async () => {
    const client = await atEntry();
    const address = await client.value('load_from');
    const { body } = (await client.customRequest('setInstructionBreakpoints', {
      breakpoints: [{ instructionReference: address.split(' ')[0] }],
    })) as { body: { breakpoints: { verified: boolean }[] } };
    expect(body.breakpoints).toMatchObject([{ verified: true }]);
    expect(await client.goOn()).toMatchObject({ reason: 'instruction breakpoint' });
    expect(await client.instructionPointer()).toBe(BigInt(address.split(' ')[0]!));
  });
});

describe('an exception filter', () => {
  it('with a bad condition is told when it is set, and the others are not touched', async () => {
    const client = await atEntry();
    const made = await client.stopAt(['key-fault', 'kye == 31'], ['hypercall', 'name == "H_REMOVE"'], 'no-such-filter');
    // Filters without a condition come first, as the request lists them.
    const [unknown, fault, hypercall] = made;
    expect(fault).toMatchObject({
      verified: false,
      message: expect.stringMatching(/There is no "kye"; known are vcpu/) as string,
    });
    expect(hypercall).toMatchObject({ verified: true });
    expect(unknown).toMatchObject({ verified: false, message: expect.stringMatching(/There is no filter/) as string });
    expect(await client.goOn()).toMatchObject({ reason: 'exception', text: 'Hypercall H_REMOVE' });
  });

  it.each([
    ['page-fault', 'Page fault: load at 0xd000000000030128'],
    ['protection-fault', 'Protection fault: store at 0xd000000000040010'],
    ['segment-miss', 'Segment miss: load at 0xe000000000070128'],
    ['mmio-exit', 'MMIO exit: store of 1 byte at guest physical 0x10080000000'],
  ])('%s stops and is explained', async (filter, text) => {
    const client = await atEntry();
    await client.stopAt(filter);
    expect(await client.goOn()).toMatchObject({ reason: 'exception', text });
    const { body } = await client.exceptionInfoRequest({ threadId: 1 });
    expect(body.exceptionId).toBe(filter);
    expect(body.description!.split('. ').length).toBeGreaterThan(1);
  });
});
