import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../debug-adapter/errors';
import { makeGuest } from '../../debug-adapter/session/make-guest';
import { readLaunchConfiguration } from '../../debug-adapter/session/launch-configuration';
import { key31, sample } from '../support/adapter-client';

const program = sample('le');
const folder = mkdtempSync(join(tmpdir(), 'key31-devices-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, bytes: number) => {
  writeFileSync(join(folder, name), new Uint8Array(bytes).fill(7));
  return join(folder, name);
};
const disk = file('disk.img', 4096);

describe('devices of a launch configuration', () => {
  it.each<[string, unknown, RegExp]>([
    ['no list', 'serial', /^devices: must be a list\.$/],
    ['no object', ['serial'], /^devices\[0\]: must be an object\.$/],
    ['no type', [{}], /^devices\[0\]\.type: is missing; it must be one of serial, virtio-blk, .*\.$/],
    ['an unknown type', [{ type: 'e1000' }], /^devices\[0\]\.type: "e1000" is not one of serial, .*\.$/],
    ['a disk of nothing', [{ type: 'virtio-blk' }], /^devices\[0\]\.file: is missing; /],
    ['a disk of both', [{ type: 'virtio-blk', file: disk, size: '1M' }], /^devices\[0\]\.size: is not wanted/],
    [
      'a disk whose file is not there',
      [{ type: 'virtio-blk', file: '/nowhere' }],
      /\.file: "\/nowhere" does not exist\.$/,
    ],
    [
      'a disk of half a sector',
      [{ type: 'virtio-blk', file: file('odd', 700) }],
      /has 700 bytes, which is no whole number of sectors of 512\.$/,
    ],
    ['an empty file', [{ type: 'virtio-blk', file: file('empty', 0) }], /has 0 bytes, which is no whole number/],
    ['too large an empty disk', [{ type: 'virtio-blk', size: '2G' }], /^devices\[0\]\.size: is more than 1G/],
    [
      'a field of another device',
      [{ type: 'serial', seed: 1 }],
      /^devices\[0\]\.seed: is nothing that a serial has\.$/,
    ],
    [
      'an unknown wire',
      [{ type: 'virtio-net', wire: 'tap' }],
      /^devices\[0\]\.wire: "tap" is not one of none, loopback\.$/,
    ],
    ['a negative seed', [{ type: 'virtio-rng' }, { type: 'virtio-rng', seed: -1 }], /^devices\[1\]\.seed: /],
    ['33 of them', Array.from({ length: 33 }, () => ({ type: 'serial' })), /^devices: are 33; the bus has 32 slots\.$/],
  ])('%s: is told of in one sentence', (_what, devices, message) => {
    const launch = () => makeGuest(readLaunchConfiguration({ program, devices }));
    expect(launch).toThrow(message);
    expect(launch).toThrow(UserError);
  });

  it('of every type make a machine', () => {
    const devices = [
      { type: 'serial' },
      { type: 'virtio-blk', file: disk, readOnly: true },
      { type: 'virtio-blk', size: '1M' },
      { type: 'virtio-console' },
      { type: 'virtio-rng', seed: 5 },
      { type: 'virtio-net', wire: 'loopback' },
    ];
    const { target } = makeGuest(readLaunchConfiguration({ program, devices }));
    expect(target.diskContents('virtio-blk0')).toEqual(new Uint8Array(4096).fill(7));
    expect(target.diskContents('virtio-blk1')).toEqual(new Uint8Array(2 ** 20));
  });
});

describe('devices of the command line', () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [key31, 'run', program, ...words], { encoding: 'utf8' });

  it('are there, and a drive’s contents are saved at the end', () => {
    const saved = join(folder, 'saved.img');
    const { status, stdout } = run('--device', 'virtio-rng,seed=5', '--drive', `${disk},readOnly=true,save=${saved}`);
    expect([status, stdout]).toEqual([0, run().stdout]);
    expect(readFileSync(saved)).toEqual(readFileSync(disk));
  });
  it.each([
    [['--device', 'e1000'], /devices\[0\]\.type: "e1000" is not one of/],
    [['--device', ',x=1'], /--device ",x=1" does not begin with a type\./],
    [['--drive', `${disk},readOnly`], /"readOnly" is not a field and its value, such as readOnly=true\./],
    [['--drive', `${disk},readOnly=maybe`], /devices\[0\]\.readOnly: must be true or false\./],
    [['--drive', `${disk},save=/nowhere/x`], /--drive: "\/nowhere\/x" cannot be written: /],
  ])('%j is told of', (words, message) => {
    const { status, stderr } = run(...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
