import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLaunchFile } from '../../debug-adapter/command-line/launch-file';
import { readHostEvent } from '../../debug-adapter/session/host-events';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'key31-launch-'));
  mkdirSync(join(folder, '.vscode'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const two = JSON.stringify({
  configurations: [
    { name: 'one', program: '${workspaceFolder}/a.elf' },
    { name: 'two', program: 'b.elf' },
  ],
});

describe('key31 run --config', () => {
  it('finds files from the folder that holds .vscode, or from the file’s own', () => {
    expect(readLaunchFile(write('.vscode/launch.json', two), 'one').program).toBe(join(folder, 'a.elf'));
    expect(readLaunchFile(write('launch.json', two), 'two').program).toBe(join(folder, 'b.elf'));
    expect(readLaunchFile(write('alone.json', '{"program":"/c.elf"}'), undefined).program).toBe('/c.elf');
  });

  it.each([
    ['two.json', two, undefined, 'has several configurations; --name one of "one", "two".'],
    ['two.json', two, 'three', 'has no configuration "three"; it has "one", "two".'],
    ['bad.json', '{ // no', undefined, 'is not JSON (comments are not taken)'],
    ['list.json', '[]', undefined, 'must hold an object.'],
  ])('says what is wrong with %s', (name, text, chosen, message) => {
    expect(() => readLaunchFile(write(name, text), chosen)).toThrow(message);
  });
  it('says that a file cannot be read', () => {
    expect(() => readLaunchFile(join(folder, 'none.json'), undefined)).toThrow('none.json cannot be read.');
  });
});

describe('a host event', () => {
  const event = { action: 'swap-out', guestPhysicalAddress: '0x10000', size: '64K' };
  it.each([
    [{ ...event, action: 'nap' }, 'hostEvents[0].action: "nap" is not one of'],
    [{ ...event, action: undefined }, 'hostEvents[0].action: is missing.'],
    [{ ...event, at: -1 }, 'hostEvents[0].at: must be a whole number of at least 0.'],
    [{ ...event, stage: 'lunch' }, 'hostEvents[0].stage: "lunch" is not one of'],
    [{ ...event, size: '4K' }, 'hostEvents[0].size: must be a multiple of 64K.'],
    [{ ...event, guestPhysicalAddress: '0x1000' }, 'hostEvents[0].guestPhysicalAddress: must be at a page of the host'],
    [{ ...event, action: 'write-memory', bytes: 'x' }, 'hostEvents[0].bytes: must be bytes such as'],
    [{ action: 'get-dirty-log' }, 'hostEvents[0].slot: is missing.'],
  ])('%j is refused', (given, message) => {
    expect(() => readHostEvent(given, 'hostEvents[0]')).toThrow(message.replace(/^hostEvents\[0\]\.\w+: /, ''));
  });
});
