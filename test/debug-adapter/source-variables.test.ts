import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapterClient, sample, sampleFolder, type AdapterClient } from '../support/adapter-client';

/** The line of a sample's source that a text stands in, counted from 1. */
function lineOf(file: string, text: string): number {
  const lines = readFileSync(join(sampleFolder, file), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

async function atLine(file: string, text: string, endian: 'be' | 'le' = 'le'): Promise<AdapterClient> {
  const client = await adapterClient();
  await client.run({ program: sample(endian), stopOnEntry: true });
  const path = join(sampleFolder, file);
  await client.setBreakpointsRequest({ source: { path }, breakpoints: [{ line: lineOf(file, text) }] });
  await client.goOn();
  return client;
}

async function scope(client: AdapterClient, name: string, frame = 0): Promise<readonly Dap.Variable[]> {
  const frameId = (await client.frames())[frame]!.id;
  const { scopes } = (await client.scopesRequest({ frameId })).body;
  const { variablesReference } = scopes.find((one) => one.name === name)!;
  return (await client.variablesRequest({ variablesReference })).body.variables;
}

const byName = (variables: readonly Dap.Variable[]) => new Map(variables.map((variable) => [variable.name, variable]));

describe.each(['be', 'le'] as const)('the variables of a frame of the %s sample', (endian) => {
  it('are those that its source declares, with their types and values', async () => {
    const client = await atLine('page-table.c', 'page.index = results.values[0]', endian);
    const given = byName(await scope(client, 'Arguments'));
    expect([...given].map(([name, { type }]) => `${type} ${name}`)).toEqual([
      'const struct segment * segment',
      'uint64_t effective_address',
      'uint64_t physical',
      'uint64_t attributes',
      'unsigned int storage_key',
    ]);
    const locals = byName(await scope(client, 'Locals'));
    expect([...locals.keys()]).toEqual(['results', 'page', 'page_mask']);
    // H_SUCCESS, and the first doubleword of a valid entry.
    const page = await client.variablesRequest({ variablesReference: locals.get('page')!.variablesReference });
    const members = byName(page.body.variables);
    expect(members.get('status')!.value).toBe('0');
    expect(BigInt(members.get('first_doubleword')!.value) & 1n).toBe(1n);
    const caller = byName(await scope(client, 'Locals', 1));
    expect(caller.size).toBeGreaterThan(0);
  });

  it('can be changed', async () => {
    const client = await atLine('page-table.c', 'page.index = results.values[0]', endian);
    const { variablesReference } = byName(await scope(client, 'Locals')).get('page')!;
    const changed = await client.setVariableRequest({ variablesReference, name: 'status', value: '-4' });
    expect(changed.body.value).toBe('-4');
    const read = byName((await client.variablesRequest({ variablesReference })).body.variables);
    expect(read.get('status')!.value).toBe('-4');
  });
});

async function evaluate(client: AdapterClient, expression: string, frame = 0): Promise<string> {
  const frameId = (await client.frames())[frame]!.id;
  return (await client.evaluateRequest({ expression, frameId, context: 'watch' })).body.result;
}

describe.each(['be', 'le'] as const)('an expression of C in the %s sample', (endian) => {
  it('is evaluated in the frame that is selected', async () => {
    const client = await atLine('page-table.c', 'page.index = results.values[0]', endian);
    expect(await evaluate(client, 'segment->page_shift')).toBe('16');
    expect(await evaluate(client, '1 << segment->page_shift')).toBe('65536');
    expect(await evaluate(client, 'page.first_doubleword & 1')).toBe('1');
    expect(await evaluate(client, 'sizeof(struct entered_page)')).toBe(await evaluate(client, 'sizeof page'));
    expect(await evaluate(client, '*(uint64_t *)&page.first_doubleword == page.first_doubleword')).toBe('1');
    expect(await evaluate(client, '&results.values[1] - results.values')).toBe('1');
    expect(await evaluate(client, '(char)0x141')).toBe("65 'A'");
    expect(await evaluate(client, '(uint32_t)-1 == 0xffffffff ? storage_key : 77')).toBe(
      await evaluate(client, 'storage_key'),
    );
    expect(await evaluate(client, '$r1 == r1')).toBe('1');
    await expect(evaluate(client, 'segment->nothing')).rejects.toThrow(
      'segment is of type const struct segment, which has no member "nothing".',
    );
    await expect(evaluate(client, 'segment->page_shift / 0')).rejects.toThrow('This divides by zero.');
  });

  it('can be set', async () => {
    const client = await atLine('page-table.c', 'page.index = results.values[0]', endian);
    const frameId = (await client.frames())[0]!.id;
    await client.evaluateRequest({ expression: 'results.values[0] = sizeof page * 2', frameId, context: 'repl' });
    expect(await evaluate(client, 'results.values[0] == 2 * sizeof(page)')).toBe('1');
    await client.customRequest('setExpression', { expression: 'page.status', value: '~0', frameId });
    expect(await evaluate(client, 'page.status')).toBe('-1');
  });

  it('is the condition of a breakpoint', async () => {
    const client = await adapterClient();
    await client.run({ program: sample(endian), stopOnEntry: true });
    const path = join(sampleFolder, 'page-table.c');
    const line = lineOf('page-table.c', 'page.index = results.values[0]');
    const set = async (condition: string) =>
      (await client.setBreakpointsRequest({ source: { path }, breakpoints: [{ line, condition }] })).body
        .breakpoints[0]!;
    expect(await set('page.nothing == 3')).toMatchObject({ verified: true });
    expect(await set('pages.status == 3')).toMatchObject({ verified: false });
    expect(await set('page.status == 0 && segment->page_shift == 12')).toMatchObject({ verified: true });
    expect(await client.goOn()).toMatchObject({ reason: 'breakpoint' });
    expect(await evaluate(client, 'segment->page_shift')).toBe('12');
  });
});

describe('a breakpoint on a line', () => {
  it('is wherever the line was inlined, and says so', async () => {
    const client = await adapterClient();
    await client.run({ program: sample('le'), stopOnEntry: true });
    const path = join(sampleFolder, 'devices.c');
    const set = async (line: number) =>
      (await client.setBreakpointsRequest({ source: { path }, breakpoints: [{ line }] })).body.breakpoints[0]!;
    // Four functions order their accesses.
    const callers = readFileSync(path, 'utf8').match(/^ {4}order_device_accesses\(\);/gm)!.length;
    const line = lineOf('devices.c', '"eieio"');
    expect(await set(line)).toMatchObject({ line, message: `Its code is in ${callers} places.` });
    const stoppedIn = new Set<string>();
    for (let stops = 0; stops < 100 && stoppedIn.size < 2 && (await client.goOn()); stops++) {
      const [inlined, caller] = await client.frames();
      expect(inlined).toMatchObject({ name: 'order_device_accesses (inlined)', line });
      stoppedIn.add(caller!.name.replace(/[+].*/, ''));
    }
    expect(stoppedIn.size).toBeGreaterThan(1);
    const moved = await set(1);
    expect(moved.line).toBeGreaterThan(1);
    expect(moved.message).toContain(`Line 1 has no code; the next that has is ${moved.line}.`);
  });
});
