import { describe, expect, it } from 'vitest';
import { adapterClient, sample, sampleFolder, sharedClient, type AdapterClient } from '../support/adapter-client';

describe.each(['be', 'le'] as const)('a stop on a storage-key fault of the %s guest', (endian) => {
  const program = sample(endian);
  const stopped = sharedClient((client) => client.run({ program }, ['key-fault']));

  it('shows the access that waits for user space', async () => {
    const client = await adapterClient();
    const stop = await client.run({ program }, [['key-fault', '!store']]);
    expect(stop).toMatchObject({ reason: 'exception', threadId: 1, allThreadsStopped: true });
    expect(stop?.text).toBe('Storage key 31: load at 0xd000000000010007, a page without memory');

    const exit = Object.fromEntries(
      (await client.children(await client.scope('Pending MMIO exit'))).map(({ name, value }) => [name, value]),
    );
    expect(exit).toMatchObject({
      'guest physical address': '0x10080000007',
      length: '1 byte',
      direction: 'load',
      instruction: 'lbz r3,0(r3)',
      'effective address': '0xd000000000010007',
      'memory slot': 'none: that is why it left',
      device: 'serial port',
    });
  });

  it('lets a person choose what the load returns, and the guest gets it', async () => {
    const client = await adapterClient();
    await client.run({ program }, [['key-fault', '!store']]);
    const { variablesReference } = await client.scope('Pending MMIO exit');
    const set = await client.setVariableRequest({ variablesReference, name: 'data', value: '0xa5' });
    expect(set.body.value).toContain('0xa5');
    expect((await client.variable('Pending MMIO exit', 'data')).value).toContain('0xa5');
    await client.stopAt();
    expect(await client.goOn()).toBeUndefined();
    expect(client.output.stdout).toContain('uart: scratch register reads 0xa5\n');
    expect(client.output.stdout.endsWith('mmio-trap: done\n')).toBe(true);
  });

  it('explains itself in words', async () => {
    const client = stopped();
    const { body } = await client.exceptionInfoRequest({ threadId: 1 });
    expect(body).toMatchObject({ exceptionId: 'key-fault', breakMode: 'always' });
    for (const words of [
      'key 31',
      'no memory slot covers',
      'NOHPTE',
      'not KEYFAULT',
      'KVM_EXIT_MMIO',
      '0x10080000000',
    ]) {
      expect(body.description).toContain(words);
    }
    expect(body.details?.stackTrace).toContain('kvmppc_hv_emulate_mmio');
  });

  it("tells the guest's own key from the hypervisor's", async () => {
    const client = await adapterClient();
    await client.run({ program }, [['key-fault', 'cause == "amr"']]);
    const { body } = await client.exceptionInfoRequest({ threadId: 1 });
    expect(body.description).toContain("storage key 5, which the guest's own AMR bars");
    expect(body.description).toContain('holds 01 for key 5, which bars loads');
    const status = await client.variable('Fault', 'HDSISR');
    expect(status.value).toBe('0x00200000 (KEYFAULT)');
    expect((await client.variable('MMU', 'amr', 'key 5')).value).toBe('01 (stores only)');
  });

  it('has one call stack through the trap', async () => {
    const client = stopped();
    const frames = await client.frames();
    const guest = frames.findIndex(({ instructionPointerReference }) => instructionPointerReference !== undefined);
    expect(frames.slice(0, guest).map(({ name }) => name)).toEqual([
      'KVM_EXIT_MMIO [user space]',
      'kvmppc_hv_emulate_mmio [hypervisor]',
      'kvmppc_book3s_hv_page_fault [hypervisor]',
      'kvmppc_hdsi [hypervisor]',
      'hypervisor data storage interrupt 0xe00 [hardware]',
    ]);
    expect(frames.slice(guest).map(({ name }) => name.replace(/\+.*/, ''))).toEqual([
      'store_to_uart',
      'store_to_and_load_from_the_emulated_uart',
      'main',
      'start_with_stack',
    ]);
    expect(frames[guest]?.source?.path).toBe(`${sampleFolder}/devices.c`);
    expect(frames[guest + 2]?.source?.name).toBe('main.c');
  });

  it('has frames that show what each level holds', async () => {
    const client = stopped();
    const frames = await client.frames();
    const { scopes } = (await client.scopesRequest({ frameId: frames[0]!.id })).body;
    expect(scopes[0]!.name).toBe('Held by KVM_EXIT_MMIO');
    const held = Object.fromEntries((await client.children(scopes[0]!)).map(({ name, value }) => [name, value]));
    expect(held).toMatchObject({ phys_addr: '0x10080000000', len: '0x1', is_write: 'true' });
  });

  it('shows its scopes, what the stop is about first', async () => {
    const client = stopped();
    const { id } = await client.guestFrame();
    const { scopes } = (await client.scopesRequest({ frameId: id })).body;
    expect(scopes.map(({ name }) => name)).toEqual([
      'Pending MMIO exit',
      'Locals',
      'Arguments',
      'Memory slots',
      'Fault',
      'Hashed page table',
      'MMU',
      'Registers',
      'Globals of devices.c',
    ]);
  });
});

describe('a run', () => {
  const countStops = async (client: AdapterClient): Promise<string[]> => {
    const stops: string[] = [];
    let stop = await client.run({ program: sample('le') }, ['key-fault', 'segment-miss', ['hypercall', 'number == 8']]);
    while (stop && stops.length < 200) {
      stops.push(`${await client.value('instructions')} ${stop.text ?? ''}`);
      stop = await client.goOn();
    }
    return stops;
  };

  it('is the same every time, to the instruction', async () => {
    const [first, second] = await Promise.all([adapterClient().then(countStops), adapterClient().then(countStops)]);
    expect(first.length).toBeGreaterThan(30);
    expect(second).toEqual(first);
  });

  it('answers a request before it reports the stop that comes of it', async () => {
    const client = await adapterClient();
    await client.run({ program: sample('le') }, ['key-fault']);
    client.order.length = 0;
    for (const request of [
      () => client.nextRequest({ threadId: 1 }),
      () => client.continueRequest({ threadId: 1 }),
      () => client.stepInRequest({ threadId: 1, granularity: 'instruction' }),
    ]) {
      await client.until(request);
    }
    expect(client.order.filter((message) => !/output|key31/.test(message))).toEqual([
      'response next',
      'event stopped',
      'response continue',
      'event stopped',
      'response stepIn',
      'event stopped',
    ]);
  });
});
