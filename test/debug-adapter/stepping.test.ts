import { describe, expect, it } from 'vitest';
import { adapterClient, sample, type AdapterClient } from '../support/adapter-client';

const program = sample('le');
const byInstruction = { threadId: 1, granularity: 'instruction' } as const;

async function atFunction(name: string): Promise<AdapterClient> {
  const client = await adapterClient();
  await client.run({ program, stopOnEntry: true });
  await client.setFunctionBreakpointsRequest({ breakpoints: [{ name }] });
  await client.goOn();
  await client.setFunctionBreakpointsRequest({ breakpoints: [] });
  return client;
}
const count = async (client: AdapterClient): Promise<number> => Number(await client.value('instructions'));
const functionName = async (client: AdapterClient): Promise<string> =>
  (await client.guestFrame()).name.replace(/\+.*/, '');

describe('a step', () => {
  it('into is one instruction when the disassembly is in front', async () => {
    const client = await atFunction('load_from');
    const [before, started] = [await client.instructionPointer(), await count(client)];
    expect(await client.until(() => client.stepInRequest(byInstruction))).toMatchObject({ reason: 'step' });
    expect(await client.instructionPointer()).not.toBe(before);
    expect(await count(client)).toBe(started + 1);
  });

  it('into goes to the next line of source, into a function that is called', async () => {
    const client = await atFunction('store_to_and_load_from_the_emulated_uart');
    const start = await client.guestFrame();
    await client.until(() => client.stepInRequest({ threadId: 1 }));
    const next = await client.guestFrame();
    expect([next.line, next.source?.path]).not.toEqual([start.line, start.source?.path]);
    const depth = (await client.frames()).length;
    for (let steps = 0; steps < 12 && (await client.frames()).length === depth; steps++) {
      await client.until(() => client.stepInRequest({ threadId: 1 }));
    }
    expect((await client.frames())[1]!.name).toMatch(/^store_to_and_load_from_the_emulated_uart/);
  });

  it('over runs through calls, line by line', async () => {
    const client = await atFunction('main');
    const lines: number[] = [];
    for (let steps = 0; steps < 8; steps++) {
      await client.until(() => client.nextRequest({ threadId: 1 }));
      expect(await functionName(client)).toBe('main');
      lines.push((await client.guestFrame()).line);
    }
    expect(new Set(lines).size).toBeGreaterThan(4);
    expect(client.output.stdout).toContain('Key31 sample guest');
  });

  it('over a load that the guest must handle itself comes back from its handler', async () => {
    const client = await adapterClient();
    await client.run({ program }, ['page-fault']);
    expect(await functionName(client)).toBe('load_from');
    await client.until(() => client.nextRequest(byInstruction));
    expect(await functionName(client)).toBe('load_from');
    expect(await client.value('r3')).toContain('0x0000004b65793331');
  });

  it('out stops where the caller goes on', async () => {
    const client = await atFunction('load_from_uart');
    const caller = (await client.frames())[1]!;
    await client.until(() => client.stepOutRequest({ threadId: 1 }));
    expect((await client.guestFrame()).instructionPointerReference).toBe(caller.instructionPointerReference);
    expect(await functionName(client)).toBe('store_to_and_load_from_the_emulated_uart');
  });

  it('out of the outermost function is refused, and the guest stays where it is', async () => {
    const client = await adapterClient();
    await client.run({ program, stopOnEntry: true });
    await expect(client.stepOutRequest({ threadId: 1 })).rejects.toThrow(/The caller of this function cannot be found/);
    expect((await client.frames()).length).toBe(1);
  });

  it('is refused while the guest runs, which can be paused', async () => {
    const client = await adapterClient();
    await client.run({ program, stopOnEntry: true });
    // nop and a branch back to it: the guest runs for ever.
    const { instructionPointerReference } = await client.guestFrame();
    await client.writeMemoryRequest(instructionPointerReference!, Uint8Array.of(0x60, 0, 0, 0, 0x4b, 0xff, 0xff, 0xfc));
    await client.continueRequest({ threadId: 1 });
    await expect(client.nextRequest({ threadId: 1 })).rejects.toThrow(/The guest is running/);
    expect(await client.until(() => client.pauseRequest({ threadId: 1 }))).toMatchObject({ reason: 'pause' });
    const distance = (await client.instructionPointer()) - BigInt(instructionPointerReference!);
    expect([0n, 4n]).toContain(distance);
  });
});

describe('a guest that can go no further', () => {
  it('stops once, says why, and ends the session when it is told to go on', async () => {
    const client = await adapterClient();
    await client.run({ program, stopOnEntry: true });
    const { instructionPointerReference } = await client.guestFrame();
    // A branch to itself, with interrupts off.
    await client.writeMemoryRequest(instructionPointerReference!, Uint8Array.of(0x48, 0, 0, 0));
    const stop = await client.goOn();
    expect(stop).toMatchObject({ reason: 'exception' });
    expect((await client.exceptionInfoRequest({ threadId: 1 })).body.description).toBe(stop!.text);
    const exited = client.next('exited');
    expect(await client.goOn()).toBeUndefined();
    expect(await exited).toMatchObject({ body: { exitCode: 3 } });
  });
});

describe('several vCPUs', () => {
  it('are threads, each with a stack of its own', async () => {
    const client = await adapterClient();
    await client.run({ program, smp: 2, stopOnEntry: true });
    expect((await client.threadsRequest()).body.threads).toEqual([
      { id: 1, name: 'vCPU 0' },
      { id: 2, name: 'vCPU 1' },
    ]);
    expect((await client.stackTraceRequest({ threadId: 2 })).body.stackFrames.length).toBeGreaterThan(0);
    await expect(client.stackTraceRequest({ threadId: 3 })).rejects.toThrow('There is no vCPU with thread number 3.');
  });
});
