import { describe, expect, it } from 'vitest';
import type { DebugConfiguration } from 'vscode';
import { configurationProvider, dynamicConfigurationProvider } from '../../extension/configuration-provider';
import type { DebugHost, Guest } from '../../extension/debug-host';

const first: Guest = { program: '/guests/a/first.elf', label: 'a/first.elf' };
const second: Guest = { program: '/guests/second.elf', label: 'second.elf' };

interface Situation {
  readonly guests?: readonly Guest[];
  readonly chosen?: Guest;
  readonly unreadable?: readonly string[];
  readonly others?: readonly string[];
  readonly wantsLaunchJson?: boolean;
}

/** An editor in which a person sees complaints and makes one choice. */
const hostIn = ({ guests = [], chosen, unreadable = [], others = [], wantsLaunchJson = false }: Situation) => {
  const complaints: string[] = [];
  const host: DebugHost = {
    findGuests: () => Promise.resolve(guests),
    chooseGuest: () => Promise.resolve(chosen),
    inspect: (file) =>
      Promise.resolve(unreadable.includes(file) ? 'unreadable' : others.includes(file) ? 'other' : 'guest'),
    complain: (message) => {
      complaints.push(message);
      return Promise.resolve(wantsLaunchJson);
    },
  };
  return { host, complaints };
};

const launch = (more: object = {}): DebugConfiguration => ({
  type: 'key31',
  request: 'launch',
  name: 'Debug',
  program: '/guest.elf',
  ...more,
});

describe('F5 without a launch.json', () => {
  const nothing = {} as DebugConfiguration;
  const resolve = async (situation: Situation, configuration = nothing) => {
    const { host, complaints } = hostIn(situation);
    const result = await configurationProvider(host).resolveDebugConfiguration?.(undefined, configuration);
    return { result, complaints };
  };

  it('debugs the only guest of the folder', async () => {
    const { result } = await resolve({ guests: [first] });
    expect(result).toEqual({ type: 'key31', request: 'launch', name: 'Debug a/first.elf', program: first.program });
  });

  it('debugs the guest that the person chooses of several', async () => {
    const { result } = await resolve({ guests: [first, second], chosen: second });
    expect(result).toMatchObject({ name: 'Debug second.elf', program: second.program });
  });

  it('does nothing when the person chooses none', async () => {
    expect(await resolve({ guests: [first, second] })).toEqual({ result: undefined, complaints: [] });
  });

  it('says what to do when there is no guest', async () => {
    const { result, complaints } = await resolve({ guests: [] });
    expect(result).toBeUndefined();
    expect(complaints).toEqual([expect.stringMatching(/no \*\.elf.*Build one.*"program" in launch\.json/)]);
  });

  it('opens launch.json where the person wants to name one', async () => {
    expect(await resolve({ guests: [], wantsLaunchJson: true })).toMatchObject({ result: null });
  });

  it('fills in the program of a configuration that lacks it, and keeps the rest', async () => {
    const mine = { type: 'key31', request: 'launch', name: 'Mine', smp: 2 };
    expect(await resolve({ guests: [first] }, mine)).toMatchObject({ result: { ...mine, program: first.program } });
  });

  it('leaves a configuration with a program as it is', async () => {
    const configuration = launch();
    expect((await resolve({ guests: [first, second] }, configuration)).result).toBe(configuration);
  });
});

describe('a configuration with its variables substituted', () => {
  const resolve = async (situation: Situation, configuration: DebugConfiguration) => {
    const { host, complaints } = hostIn(situation);
    const provider = configurationProvider(host);
    const result = await provider.resolveDebugConfigurationWithSubstitutedVariables?.(undefined, configuration);
    return { result, complaints };
  };

  it('starts when it is right', async () => {
    const configuration = launch({ initrd: '/initrd', cpu: 'power7' });
    const { result, complaints } = await resolve({ others: ['/initrd'] }, configuration);
    expect(result).toBe(configuration);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['a value out of range', {}, { smp: 9 }, 'Debug: "smp" must be a whole number from 1 to 8.'],
    [
      'a program that is not built',
      { unreadable: ['/guest.elf'] },
      {},
      'Debug: the guest "/guest.elf" cannot be read. Is it built?',
    ],
    [
      'a program for another machine',
      { others: ['/guest.elf'] },
      {},
      'Debug: "/guest.elf" is not a guest: it must be a linked 64-bit PowerPC ELF file.',
    ],
    [
      'a missing RAM disk',
      { unreadable: ['/initrd'] },
      { initrd: '/initrd' },
      'Debug: the initial RAM disk "/initrd" cannot be read.',
    ],
  ])('is refused for %s', async (_name, situation, more, message) => {
    const { result, complaints } = await resolve(situation, launch(more));
    expect(result).toBeUndefined();
    expect(complaints).toEqual([message]);
  });
});

describe('the list of configurations', () => {
  it('offers each guest', async () => {
    const { host } = hostIn({ guests: [first, second] });
    const offered = await dynamicConfigurationProvider(host).provideDebugConfigurations?.(undefined);
    expect(offered?.map(({ name }) => name)).toEqual(['Debug a/first.elf', 'Debug second.elf']);
  });
});
