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
