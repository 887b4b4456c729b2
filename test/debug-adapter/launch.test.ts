import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { UserError } from '../../debug-adapter/errors';
import { readLaunchConfiguration } from '../../debug-adapter/session/launch-configuration';
import { makeGuest } from '../../debug-adapter/session/make-guest';
import { buildElf } from '../support/adapter-elf-builder';
import { adapterClient, sample } from '../support/adapter-client';

const folder = mkdtempSync(join(tmpdir(), 'key31-launch-'));
afterAll(() => rmSync(folder, { recursive: true }));
function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const program = sample('le');
const narrow = readFileSync(program);
narrow[4] = 1;
const files = {
  text: write('text.elf', Buffer.from('hello')),
  narrow: write('narrow.elf', narrow),
  other: write('other.elf', buildElf({ machine: 62, endian: 'little' })),
  truncated: write('truncated.elf', readFileSync(program).subarray(0, 5000)),
  empty: write('empty.elf', buildElf({})),
  large: write(
    'large.elf',
    buildElf({ segments: [{ virtualAddress: 0n, bytes: new Uint8Array(4), memorySize: 1n << 30n }] }),
  ),
};

describe('a launch is refused with one sentence that names the field', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', {}, /^program: is missing/],
    ['a number for a program', { program: 5 }, /^program: must be a text\.$/],
    ['a file that is not there', { program: join(folder, 'none.elf') }, /^program: .*none\.elf" does not exist\.$/],
    ['a folder', { program: folder }, /^program: .* is a folder, not a file\.$/],
    ['a text file', { program: files.text }, /^program: .* is not an ELF file\.$/],
    ['a 32-bit file', { program: files.narrow }, /^program: .* is a 32-bit ELF file, and the guest must be 64-bit\.$/],
    ['a PC program', { program: files.other }, /^program: .* is for x86-64, not for 64-bit PowerPC\.$/],
    ['half a file', { program: files.truncated }, /^program: .* is truncated: .* lies beyond the end of the file\.$/],
    [
      'an ELF file with nothing to load',
      { program: files.empty },
      /^program: .* has no segment to load into memory\.$/,
    ],
    ['a guest larger than its memory', { program: files.large, memory: '64M' }, /^(memory|program): /],
    ['a RAM disk that is not there', { program, initrd: '/none' }, /^initrd: "\/none" does not exist\.$/],
    ['an unknown processor', { program, cpu: 'power9' }, /^cpu: "power9" is not one of power7, power8\.$/],
    ['a size without a unit', { program, memory: '256' }, /^memory: "256" is not a size such as 256M/],
    ['too little memory', { program, memory: '64K' }, /^(memory|program): /],
    ['too much memory', { program, memory: '999999G' }, /^memory: /],
    ['no processor', { program, smp: 0 }, /^smp: must be a whole number from 1 to 8\.$/],
    ['nine processors', { program, smp: 9 }, /^smp: must be a whole number from 1 to 8\.$/],
    [
      'an unknown KVM',
      { program, kvm: { behavior: 'v9' } },
      /^kvm\.behavior: "v9" is not one of rfc-2011, v3\.4, v6\.1\.$/,
    ],
    ['a KVM that is no object', { program, kvm: 'v6.1' }, /^kvm: must be an object\.$/],
    [
      'an unknown real mode',
      { program, kvm: { realMode: 'none' } },
      /^kvm\.realMode: "none" is not one of vrma, rma\.$/,
    ],
    ['a negative limit', { program, maxInstructions: -1 }, /^maxInstructions: /],
    ['a text where a list belongs', { program, memorySlots: 'all' }, /^memorySlots: must be a list\.$/],
    [
      'a slot without its size',
      { program, memorySlots: [{ slot: 3, guestPhysicalAddress: '0x80000000' }] },
      /^memorySlots\[0\]\.size: is missing\.$/,
    ],
    [
      'a slot without an address',
      { program, memorySlots: [{ slot: 3, size: '1M' }] },
      /^memorySlots\[0\]\.guestPhysicalAddress: /,
    ],
    [
      'slots that overlap',
      {
        program,
        memorySlots: [
          { slot: 3, guestPhysicalAddress: '0x80000000', size: '64M' },
          { slot: 4, guestPhysicalAddress: '0x82000000', size: '64M' },
        ],
      },
      /^memorySlots/,
    ],
  ])('%s', (_what, configuration, message) => {
    const launch = () => makeGuest(readLaunchConfiguration(configuration));
    expect(launch).toThrow(message);
    expect(launch).toThrow(UserError);
    expect(launch).toThrow(/^[^.]*(\.\w[^.]*)*\.$/);
  });
});

describe('a session', () => {
  const launch = (args: object) => args as Dap.LaunchRequestArguments;

  it('whose launch failed goes on, and launches another guest', async () => {
    const client = await adapterClient();
    await client.initializeRequest();
    const refused = client.launchRequest(launch({ program: files.text }));
    await expect(refused).rejects.toThrow(/^program: .* is not an ELF file\.$/);
    const initialized = client.next('initialized');
    await client.launchRequest(launch({ program }));
    await initialized;
  });

  it('attaches to nothing', async () => {
    const client = await adapterClient();
    await client.initializeRequest();
    await expect(client.attachRequest({})).rejects.toThrow(/there is nothing to attach to/);
  });

  it('answers a request that it does not know, and one that comes too early', async () => {
    const client = await adapterClient();
    await client.initializeRequest();
    await expect(client.customRequest('stepBack', {})).rejects.toThrow(
      'This debugger does not answer the request "stepBack".',
    );
    await expect(client.customRequest('toString')).rejects.toThrow(/does not answer/);
    await expect(client.stackTraceRequest({ threadId: 1 })).rejects.toThrow('No guest has been launched yet.');
  });

  it('stops on entry, and tells the exit status when the guest has powered off', async () => {
    const client = await adapterClient();
    expect(await client.run({ program, stopOnEntry: true })).toMatchObject({ reason: 'entry' });
    expect(await client.value('instructions')).toBe('0');
    const exited = client.next('exited');
    expect(await client.goOn()).toBeUndefined();
    expect(await exited).toMatchObject({ body: { exitCode: 0 } });
    await expect(client.continueRequest({ threadId: 1 })).rejects.toThrow(/has ended/);
  });

  it('ends at the limit of instructions', async () => {
    const client = await adapterClient();
    const exited = client.next('exited');
    expect(await client.run({ program, maxInstructions: 1000 })).toBeUndefined();
    expect(await exited).toMatchObject({ body: { exitCode: 4 } });
    expect(client.output.important).toContain('The limit of 1,000 instructions is reached.');
  });

  it('starts the guest again with all its breakpoints', async () => {
    const client = await adapterClient();
    await client.run({ program }, ['key-fault']);
    const first = await client.value('instructions');
    await client.goOn();
    const stop = await client.until(() => client.restartRequest({}));
    expect(stop).toMatchObject({ reason: 'exception' });
    expect(await client.value('instructions')).toBe(first);
  });
});
