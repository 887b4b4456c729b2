import { describe, expect, it } from 'vitest';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { adapterClient, sample, sharedClient, type AdapterClient } from '../support/adapter-client';
import { Random } from '../support/adapter-random';

const program = sample('le');
const toKeyFault = (client: AdapterClient) => client.run({ program }, ['key-fault']);

describe('variables', () => {
  const stopped = sharedClient(toKeyFault);

  it('keep their numbers from stop to stop, and die in between', async () => {
    const client = await adapterClient();
    await toKeyFault(client);
    const [msr, slots] = [await client.variable('MMU', 'msr'), await client.scope('Memory slots')];
    await client.goOn();
    await expect(client.variablesRequest({ variablesReference: msr.variablesReference })).rejects.toThrow(
      'These variables belong to an earlier stop.',
    );
    expect((await client.variable('MMU', 'msr')).variablesReference).toBe(msr.variablesReference);
    expect((await client.scope('Memory slots')).variablesReference).toBe(slots.variablesReference);
  });

  it('show registers, and set them', async () => {
    const client = stopped();
    const { variablesReference } = await client.scope('Registers');
    const names = (await client.children({ variablesReference })).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'pc',
        'r0',
        'r31',
        'lr',
        'ctr',
        'cr',
        'xer',
        'srr0',
        'dar',
        'dsisr',
        'hsrr0',
        'hdar',
        'sprg0',
      ]),
    );
    const set = await client.setVariableRequest({ variablesReference, name: 'r20', value: 'r1 + 0x10' });
    expect(BigInt(set.body.value)).toBe(BigInt((await client.value('r1')).split(' ')[0]!) + 0x10n);
    await expect(client.setVariableRequest({ variablesReference, name: 'xer', value: '0' })).rejects.toThrow(
      '"xer" cannot be changed.',
    );
    await expect(client.setVariableRequest({ variablesReference, name: 'r20', value: 'many' })).rejects.toThrow(
      /There is no "many"/,
    );
    await expect(client.setVariableRequest({ variablesReference, name: 'r77', value: '1' })).rejects.toThrow(
      'There is no variable "r77" here.',
    );
  });

  it('decode MSR, LPCR, SLB and keys', async () => {
    const client = stopped();
    expect((await client.variable('MMU', 'msr', 'DR')).value).toBe('1');
    expect((await client.variable('MMU', 'lpcr', 'VPM1')).value).toBe('1');
    expect((await client.variable('MMU', 'slb', '[1]', 'base page size')).value).toBe('4 KiB');
    expect((await client.variable('MMU', 'slb', '[0]')).value).toMatch(/^0xc000000000000000, 256 MiB, VSID /);
    expect((await client.variable('MMU', 'amr', 'key 31')).value).toBe('00 (loads and stores)');
  });

  it('page through the hashed page table', async () => {
    const client = stopped();
    const scope = await client.scope('Hashed page table');
    expect(scope.indexedVariables).toBeGreaterThan(30);
    const page = async (start: number, count: number) =>
      (await client.variablesRequest({ variablesReference: scope.variablesReference, filter: 'indexed', start, count }))
        .body.variables;
    const [all, part] = [await page(0, scope.indexedVariables!), await page(10, 5)];
    expect(all).toHaveLength(scope.indexedVariables!);
    expect(part.map(({ name }) => name)).toEqual(all.slice(10, 15).map(({ name }) => name));
    expect(await page(scope.indexedVariables! + 5, 5)).toEqual([]);
    const emulated = all.find(({ value }) => value.includes('key 31'))!;
    const fields = Object.fromEntries((await client.children(emulated)).map(({ name, value }) => [name, value]));
    expect(fields).toMatchObject({ key: '31 (guest view: 0)', 'memory slot': 'none' });
    expect(fields.state).toContain('ABSENT');
  });

  it('tell the slots’ own flags from the hypervisor’s', async () => {
    const client = await adapterClient();
    const memorySlots = [{ slot: 5, guestPhysicalAddress: '0x40000000', size: '16M', flags: 1 }];
    await client.run({ program, memorySlots }, ['key-fault']);
    expect((await client.variable('Memory slots', 'slot 5')).value).toBe(
      '0x40000000 to 0x41000000 (16 MiB), flags LOG_DIRTY_PAGES',
    );
    expect((await client.variable('Memory slots', 'slot 5', 'flags', 'LOG_DIRTY_PAGES')).value).toBe(
      'set by user space',
    );
    expect((await client.variable('Memory slots', 'slot 1', 'VMA')).value).toBe('device');
  });

  it('show the decision about a refused access', async () => {
    const client = stopped();
    const decision = await client.children(await client.variable('Fault', 'decision'));
    expect(decision.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['mode', 'segment', 'hash', 'primary group', 'secondary group', 'verdict']),
    );
    const group = decision.find(({ name }) => name === 'primary group')!;
    expect((await client.children(group)).map(({ value }) => value.split(':')[0])).toEqual(
      Array.from({ length: 8 }, () => 'refused'),
    );
  });
});

describe('the debug console', () => {
  const stopped = sharedClient(toKeyFault);

  it.each([
    ['1 + 1', '0x0000000000000002'],
    ['0xc000000000000000 + (2 << 4)', /^0xc000000000000020/],
    ['load_from_uart', /^0xc0000000\w+ <load_from_uart>$/],
    ['*pc == 0', 'false'],
    ['pc', /<store_to_uart\+0x4>$/],
    ['slots', /slot 0: 0x0 to 0x10000000 \(256 MiB\)/],
    ['exit', /direction: store/],
    ['fault', /HDSISR: 0x42000000 \(NOHPTE, ISSTORE\)/],
    ['why', /storage key 31/],
    ['stack', /kvmppc_hv_emulate_mmio/],
    ['translate load_from_uart fetch', /verdict: mapped to real address/],
    ['translate 0xe000000000000000 store', /no SLB entry/],
    ['hpt 0x68e8', /ABSENT/],
    ['help', /translate ADDRESS/],
    ['r21 = 5', '0x0000000000000005'],
  ])('%s', async (expression, result) => {
    const client = stopped();
    expect(await client.value(expression)).toMatch(typeof result === 'string' ? new RegExp(`^${result}$`) : result);
  });

  it('names what it does not know, and goes on', async () => {
    const client = stopped();
    for (const [expression, message] of [
      ['nothing_of_that_name', /There is no "nothing_of_that_name"/],
      ['*0x10', /reads memory that is not mapped/],
      ['1 +', /cannot be read/],
      ['1 / 0', /divides by zero/],
      ['hpt 99999999999', /is not an index/],
      ['r99 = 1', /There is no variable "r99" here/],
      ['', /An expression is needed here/],
    ] as const) {
      await expect(client.value(expression)).rejects.toThrow(message);
    }
  });

  it('does not run commands in a hover', async () => {
    const client = stopped();
    await expect(client.evaluateRequest({ expression: 'slots', context: 'hover' })).rejects.toThrow(
      /There is no "slots"/,
    );
  });

  it('completes commands, registers and symbols', async () => {
    const client = stopped();
    const labels = async (text: string) =>
      (await client.completionsRequest({ text, column: text.length + 1 })).body.targets.map(({ label }) => label);
    expect(await labels('tr')).toContain('translate');
    expect(await labels('translate load_f')).toEqual(expect.arrayContaining(['load_from', 'load_from_uart']));
    expect(await labels('1 + hds')).toEqual(['hdsisr']);
  });
});

describe('memory', () => {
  const stopped = sharedClient(toKeyFault);

  it('is read, with what cannot be read counted', async () => {
    const client = stopped();
    const text = await client.value('load_from_uart');
    const memoryReference = text.split(' ')[0]!;
    const { body } = await client.readMemoryRequest(memoryReference, 8, -4);
    expect(body).toMatchObject({ address: `0x${(BigInt(memoryReference) - 4n).toString(16)}` });
    expect(Buffer.from(body!.data!, 'base64')).toHaveLength(8);
    expect((await client.readMemoryRequest('0x9000000000000000', 16)).body).toMatchObject({
      data: '',
      unreadableBytes: 16,
    });
    expect((await client.readMemoryRequest('0xfffffffffffffff8', 64)).body).toMatchObject({ unreadableBytes: 64 });
    await expect(client.readMemoryRequest('somewhere', 4)).rejects.toThrow(/is not an address/);
    await expect(client.readMemoryRequest('0x0', -1)).rejects.toThrow(/"count" must be zero or more/);
  });

  it('is written, whatever its protection, and read back', async () => {
    const client = stopped();
    const memoryReference = (await client.value('load_from_uart')).split(' ')[0]!;
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect((await client.writeMemoryRequest(memoryReference, bytes)).body).toMatchObject({ bytesWritten: 4 });
    expect((await client.readMemoryRequest(memoryReference, 4)).body?.data).toBe(Buffer.from(bytes).toString('base64'));
    await expect(client.writeMemoryRequest('0x9000000000000000', bytes)).rejects.toThrow(/cannot be written/);
  });
});

describe.each(['be', 'le'] as const)('the disassembly of the %s guest', (endian) => {
  const stopped = sharedClient((client) => client.run({ program: sample(endian) }, ['key-fault']));
  const disassemble = async (client: AdapterClient, args: Dap.DisassembleArguments) =>
    (await client.disassembleRequest(args)).body!.instructions;

  it('names symbols and lines', async () => {
    const client = stopped();
    const [first, second] = await disassemble(client, {
      memoryReference: (await client.value('load_from_uart')).split(' ')[0]!,
      instructionCount: 2,
    });
    expect(first).toMatchObject({ symbol: 'load_from_uart', location: { name: 'devices.c' } });
    expect(first!.instruction).toContain('# load_from_uart');
    expect(second).toMatchObject({
      symbol: 'load_from_uart+0x4',
      instruction: 'lbz r3,0(r3)',
      instructionBytes: '88630000',
    });
  });

  it('has exactly as many rows as are asked for, four bytes apart, wherever they lie', async () => {
    const client = stopped();
    const random = new Random();
    for (let round = 0; round < 40; round++) {
      const memoryReference = random.pick([
        '0x0',
        '0x3',
        '0xc000000000000000',
        '0xc000000000002908',
        '0xfffffffffffffff0',
        '0xd000000000010000',
      ]);
      const args = {
        memoryReference,
        instructionCount: random.below(120),
        instructionOffset: random.below(200) - 100,
        offset: random.below(64) - 32,
      };
      const rows = await disassemble(client, args);
      const context = `seed ${random.seed}: ${JSON.stringify(args)}`;
      expect(rows.length, context).toBe(args.instructionCount);
      const addresses = rows.map(({ address }) => BigInt(address));
      const start = BigInt(memoryReference) + BigInt(args.offset);
      const first = start - (((start % 4n) + 4n) % 4n) + BigInt(args.instructionOffset) * 4n;
      expect(addresses, context).toEqual(rows.map((_, index) => first + BigInt(index) * 4n));
      for (const { presentationHint, instructionBytes, address } of rows) {
        expect((presentationHint === 'invalid') === (instructionBytes === undefined), context).toBe(true);
        if (BigInt(address) < 0n || BigInt(address) >= 1n << 64n) expect(presentationHint, context).toBe('invalid');
      }
      // Any part of a listing is the same listing.
      const again = await disassemble(client, { ...args, instructionOffset: args.instructionOffset + 1 });
      expect(again.slice(0, -1), context).toEqual(rows.slice(1));
    }
  });
});
