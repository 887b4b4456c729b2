import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import { AdapterClient, key31, sample } from '../support/adapter-client';
import { branch, form, li, ori, programOf, sc1 } from '../support/emulator-guest';

const run = (...words: string[]) => spawnSync(process.execPath, [key31, ...words], { encoding: 'utf8' });

/** Asks for characters until some come, shows them, and waits for ever with interrupts off. */
const echo = [
  ...[li(3, 0x54), li(4, 0), sc1],
  ...[form.d(10, 0, 4, 0), ((16 << 26) | (12 << 21) | (2 << 16) | (-16 & 0xfffc)) >>> 0],
  ...[ori(6, 5, 0), ori(5, 4, 0), li(4, 0), li(3, 0x58), sc1, branch(0)],
];

describe('the keyboard of key31 run', () => {
  it('may be nothing at all', () => {
    const nothing = openSync('/dev/null', 'r');
    const { status, stderr } = spawnSync(process.execPath, [key31, 'run', sample('le')], {
      stdio: [nothing, 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    closeSync(nothing);
    expect([status, stderr]).toEqual([0, '']);
  });

  it('gives the guest what comes through a pipe', () => {
    const folder = mkdtempSync(join(tmpdir(), 'key31-echo-'));
    const guest = join(folder, 'echo.elf');
    writeFileSync(guest, programOf({ code: echo }));
    const { stdout, status } = spawnSync(process.execPath, [key31, 'run', guest], {
      input: 'date\n',
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect([stdout, status]).toEqual(['date\n', 3]);
  });
});

describe('a checkpoint of key31 run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'key31-checkpoint-'));
  const file = join(folder, 'checkpoint');
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is taken without a change to the run, and gone on from to the same end', { timeout: 120_000 }, () => {
    const whole = run('run', sample('le'), '--stats', '--json');
    const interrupted = run('run', sample('le'), '--checkpoint-at', '5000', file);
    expect([interrupted.status, interrupted.stdout]).toEqual([0, whole.stdout]);
    expect(interrupted.stderr).toBe(`key31: The state after 5,000 instructions is in ${file}.\n`);
    const rest = run('run', sample('le'), '--from', file, '--stats', '--json');
    expect([rest.status, whole.stdout.endsWith(rest.stdout)]).toEqual([0, true]);
    const instructions = (text: string) => /"instructions":(\d+)/.exec(text)?.[1];
    expect(instructions(rest.stderr)).toBe(instructions(whole.stderr));
  });

  it('is refused where it does not belong', { timeout: 120_000 }, () => {
    const other = run('run', sample('be'), '--from', file);
    expect([other.status, other.stderr]).toEqual([
      2,
      `key31: ${file} was taken of another guest or with other options: give --from the same guest and options as then.\n`,
    ]);
    const nothing = run('run', sample('be'), '--from', sample('be'));
    expect(nothing.stderr).toBe(`key31: ${sample('be')} is not a checkpoint of this version of Key31.\n`);
    expect(run('run', sample('be'), '--checkpoint-at', '5').stderr).toContain(
      '--checkpoint-at needs a count and a file',
    );
  });
});

describe('key31 run', () => {
  it('shows the guest’s console and nothing else, and ends as the guest does', () => {
    const { status, stdout, stderr } = run('run', sample('be'));
    expect(stdout).toMatch(/^Key31 sample guest mmio-trap, big-endian\r?\n/);
    expect(stdout).toMatch(/mmio-trap: done\r?\n$/);
    expect([status, stderr]).toEqual([0, '']);
  });

  it('explains the events that it is told to stop on, and goes on', () => {
    const { status, stdout, stderr } = run(
      'run',
      sample('le'),
      '--stop-on',
      'key-fault:!store',
      '--stop-on',
      'segment-miss',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('mmio-trap: done');
    const lines = stderr.trim().split('\n');
    expect(lines.map((line) => /\] ([a-z-]+):/.exec(line)?.[1])).toEqual(['key-fault', 'key-fault', 'segment-miss']);
  });

  it('says the same as JSON', () => {
    const { status, stderr } = run('run', sample('le'), '--json', '--stats', '--stop-on', 'segment-miss');
    expect(status).toBe(0);
    const records = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toMatchObject([
      { type: 'event', kind: 'segment-miss', vcpu: 0, fields: { ea: '0xe000000000070128', store: false } },
      {
        type: 'stats',
        engine: 'interpreter',
        events: { 'segment-miss': 1, 'key-fault': expect.any(Number) as number },
      },
      { type: 'end', how: 'power-off' },
    ]);
  });

  it.each(['reference', 'interpreter'])('runs the same by the %s, and says how fast', (engine) => {
    const { status, stdout, stderr } = run('run', sample('le'), '--engine', engine, '--stats');
    expect([status, stdout]).toEqual([0, run('run', sample('le')).stdout]);
    const [, count] = /(\d+) instructions in \d+\.\d\d s \(\d+\.\d million a second\)/.exec(stderr) ?? [];
    expect(stderr).toMatch(new RegExp(`engine: ${engine}; peak memory: \\d+ MiB`));
    const limit = String(Number(count) - 1);
    expect(run('run', sample('le'), '--engine', engine, '--max-instructions', limit).status).toBe(4);
  });

  it('ends at the limit of instructions with status 4', () => {
    const { status, stderr } = run('run', sample('le'), '--max-instructions', '5000', '--stats');
    expect(status).toBe(4);
    expect(stderr).toContain('5000 instructions');
    expect(stderr).toContain('The limit of 5,000 instructions is reached.');
  });
});

describe('a wrong command line ends with status 2 and one line', () => {
  it.each([
    [['run'], /A guest is needed/],
    [['run', '/no/such/guest.elf'], /program: "\/no\/such\/guest.elf" does not exist\./],
    [['run', sample('le'), sample('be')], /one too many/],
    [['run', sample('le'), '--cpu', 'power9'], /cpu: "power9" is not one of power7, power8\./],
    [['run', sample('le'), '--engine', 'jit'], /engine: "jit" is not one of reference, interpreter\./],
    [['run', sample('le'), '--memory', 'much'], /memory: "much" is not a size/],
    [['run', sample('le'), '--smp', 'two'], /--smp must be a whole number, not "two"\./],
    [['run', sample('le'), '--stop-on', 'nothing'], /There is no filter "nothing"; known are key-fault/],
    [['run', sample('le'), '--stop-on', 'key-fault:kye'], /There is no "kye"; known are vcpu/],
    [['run', sample('le'), '--no-such-option'], /--no-such-option/],
    [['dap', '--port', 'http'], /--port must be a number/],
    [['debug'], /There is no "debug"/],
  ])('%j', (words, message) => {
    const { status, stdout, stderr } = run(...words);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('key31', () => {
  it('tells its version and its help', () => {
    expect(run('--version').stdout).toBe(`${manifest.version}\n`);
    expect(run('--help').stdout).toContain('key31 dap');
    expect(run().stdout).toBe(run('--help').stdout);
    const { stdout } = run('run', '--help');
    for (const words of ['--stop-on', 'Exit status', '--json', 'protection-fault']) expect(stdout).toContain(words);
  });

  it('demo shows a stop with all that belongs to it, and the guest to its end', () => {
    const { status, stdout, stderr } = run('demo');
    expect([status, stderr]).toEqual([0, '']);
    for (const words of [
      'Stopped: key-fault',
      'storage key 31',
      'Call stack',
      'kvmppc_hv_emulate_mmio',
      'NOHPTE',
      'HDAR',
      'ABSENT',
      'slot 0: 0x0 to 0x10000000 (256 MiB)',
      'guest physical address  0x10080000000',
      'length                  1 byte',
      'mmio-trap: done',
      'press F5',
    ]) {
      expect(stdout).toContain(words);
    }
  });
});

describe('key31 dap --port 0', () => {
  it('serves several sessions at once and one after another', async () => {
    const server = spawn(process.execPath, [key31, 'dap', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      const [line] = (await once(server.stderr, 'data')) as [Buffer];
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(line.toString())![1]);
      const session = async (): Promise<string | undefined> => {
        const client = new AdapterClient();
        await client.start(port);
        const stop = await client.run({ program: sample('le') }, ['segment-miss']);
        await client.stop();
        return stop?.text;
      };
      const both = await Promise.all([session(), session()]);
      const text = 'Segment miss: load at 0xe000000000070128';
      expect([...both, await session()]).toEqual([text, text, text]);
    } finally {
      server.kill();
    }
  });
});
