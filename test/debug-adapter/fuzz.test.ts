import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { requestTable } from '../../debug-adapter/requests/table';
import { adapterClient, key31, sample, type AdapterClient } from '../support/adapter-client';
import { Random } from '../support/adapter-random';

/** Arguments that requests have, so that a wrong value stands where a right one is looked for. */
const names = [
  'threadId', 'frameId', 'variablesReference', 'name', 'value', 'expression', 'context', 'text', 'column', 'source',
  'breakpoints', 'filters', 'filterOptions', 'memoryReference', 'offset', 'count', 'instructionCount', 'start', 'filter',
  'instructionOffset', 'data', 'levels', 'startFrame', 'granularity', 'program', 'memorySlots', 'kvm', 'arguments',
]; // prettier-ignore
const odd = [
  null, true, false, 0, 1, -1, 2, 1000, 1001, 1e300, 2 ** 53, 0.5, '', 'pc', 'r3', '0x0', '0xc000000000002908', '-1',
  '{_x} {y}', '*(((', 'slots', 'translate', 'key-fault', 'data', 'constructor', '__proto__', [], {}, [null], [[]],
  [{}], [{ line: 1 }], [{ name: 'main' }], [{ filterId: 'key-fault', condition: '((' }], { path: 5 }, { path: '/x' },
]; // prettier-ignore

function oddArguments(random: Random): unknown {
  if (random.below(8) === 0) return random.pick(odd);
  return Object.fromEntries(Array.from({ length: random.below(8) }, () => [random.pick(names), random.pick(odd)]));
}

async function answer(client: AdapterClient, command: string, args: unknown): Promise<string> {
  return client.customRequest(command, args).then(
    () => 'success',
    (error: unknown) => (error as Error).message,
  );
}

/** These end the session, or take it where the rest is refused. */
const ending = ['disconnect', 'terminate', 'launch', 'restart', 'initialize'];

describe('malformed requests', () => {
  it.each([
    ['before a launch', false],
    ['at a stop', true],
  ])('%s are each answered, and the session goes on', async (_when, stopped) => {
    const client = await adapterClient();
    if (stopped) await client.run({ program: sample('le') }, ['key-fault']);
    else await client.initializeRequest();
    const random = new Random();
    const commands = [...Object.keys(requestTable).filter((name) => !ending.includes(name)), 'unheardOf', ''];
    for (const command of stopped ? commands.filter((name) => !/^(continue|next|step)/.test(name)) : commands) {
      for (let round = 0; round < 25; round++) {
        const args = oddArguments(random);
        const said = await answer(client, command, args);
        expect(said, `seed ${random.seed}: ${command} ${JSON.stringify(args)}`).not.toMatch(/Internal error/);
      }
    }
    expect(client.isAlive).toBe(true);
    if (stopped) expect((await client.frames()).length).toBeGreaterThan(3);
  });

  it('of every kind are answered while the guest runs on and stops', async () => {
    const client = await adapterClient();
    await client.run({ program: sample('be') }, ['key-fault', 'hypercall']);
    const random = new Random();
    for (let round = 0; round < 150; round++) {
      const command = random.pick([
        'continue',
        'next',
        'stepIn',
        'stepOut',
        'pause',
        'stackTrace',
        'threads',
        'evaluate',
      ]);
      const said = await answer(client, command, { threadId: random.pick([1, 1, 1, 2, 'x']), expression: 'pc' });
      expect(said, `seed ${random.seed}, round ${round}: ${command}`).not.toMatch(/Internal error/);
    }
    expect(client.isAlive).toBe(true);
    expect(client.output.stderr).toBe('');
  });

  it('that are no JSON are reported, and the session goes on', async () => {
    const adapter = spawn(process.execPath, [key31, 'dap'], { stdio: 'pipe' });
    const send = (text: string) => adapter.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    let received = '';
    adapter.stdout.on('data', (data: Buffer) => (received += data.toString()));
    for (const text of ['{', 'null', '[]', '"x"', '{"type":"request"}', '{"type":"request","seq":5,"command":7}'])
      send(text);
    send('{"type":"request","seq":9,"command":"threads"}');
    while (!received.includes('"request_seq":9')) await once(adapter.stdout, 'data');
    expect(received).toContain('"request_seq":5');
    expect(received).toContain('cannot read');
    adapter.kill();
  });
});
