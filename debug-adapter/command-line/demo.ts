import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { DapClient } from './dap-client';
import { exitStatus } from './usage';

const THREAD = 1;
const WIDTH = 110;

/** `key31 demo`: debugs the sample guest as a terminal client of `key31 dap`, and shows what a debugger shows. */
export async function demonstrate(program: string, packageFolder: string): Promise<number> {
  const folder = join(packageFolder, 'extension', 'samples', 'mmio-trap');
  const guest = join(folder, 'mmio-trap.le.elf');
  if (!existsSync(guest)) throw new Error(`The sample guest ${guest} is missing.`);
  const console: string[] = [];
  const client = new DapClient(program, {
    output: (body) => {
      const { category, output } = body as Dap.OutputEvent['body'];
      if (category === 'stdout') console.push(output);
    },
  });
  say(`Key31 debugs the sample guest mmio-trap.le.elf through "key31 dap".`);
  const capabilities = await start(client, guest);
  const stopped = await runToFirstStop(client, capabilities);
  if (stopped) await showStop(client);
  const status = await runToEnd(client, stopped);
  showConsole(console);
  say(
    section('The same in VS Code'),
    `  code ${folder}`,
    '  Then press F5. Conditions for a stop go on "Storage-key faults" in the Breakpoints view.',
  );
  await client.request('disconnect');
  client.end();
  return status;
}

const say = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const section = (title: string): string => `\n── ${title} ${'─'.repeat(Math.max(0, WIDTH - title.length - 4))}`;

async function start(client: DapClient, program: string): Promise<Dap.Capabilities> {
  const capabilities = await client.request('initialize', {
    adapterID: 'key31',
    linesStartAt1: true,
  });
  const initialized = client.event('initialized');
  await client.request('launch', { program });
  await initialized;
  return capabilities;
}

async function runToFirstStop(
  client: DapClient,
  { exceptionBreakpointFilters = [] }: Dap.Capabilities,
): Promise<boolean> {
  const filters = exceptionBreakpointFilters.filter((filter) => filter.default).map(({ filter }) => filter);
  await client.request('setExceptionBreakpoints', { filters });
  const event = client.event('stopped', 'terminated');
  await client.request('configurationDone');
  return (await event).kind === 'stopped';
}

async function showStop(client: DapClient): Promise<void> {
  const why = await client.request('exceptionInfo', { threadId: THREAD });
  say(section(`Stopped: ${why.exceptionId}`), wrapped(why.description ?? ''));

  const { stackFrames } = await client.request('stackTrace', { threadId: THREAD });
  say(section('Call stack'), ...stackFrames.map(frameLine));

  const { scopes } = await client.request('scopes', { frameId: stackFrames[0]?.id ?? 0 });
  const scope = (name: string) => scopes.find((one) => one.name === name);
  const exit = await children(client, scope('Pending MMIO exit'));
  say(section('Pending MMIO exit'), ...lines(exit));

  const fault = await children(client, scope('Fault'));
  say(section('Fault'), ...lines(fault));
  const status = fault.find(({ name }) => name === 'HDSISR');
  say(
    ...lines(
      (await children(client, status)).filter(({ value }) => value === '1'),
      '      ',
    ),
  );

  await showEntry(client, exit.find(({ name }) => name === 'HPTE')?.value);
  await showSlots(client, scope('Memory slots'));
}

const frameLine = ({ name, source, line }: Dap.StackFrame): string =>
  `  ${name}${source ? `  ${source.name ?? ''}:${line}` : ''}`;

async function showEntry(client: DapClient, index: string | undefined): Promise<void> {
  if (index === undefined) return;
  const entry = await client.request('evaluate', {
    expression: `hpt ${index}`,
    context: 'repl',
  });
  say(section(`Hashed page table entry ${index}`), ...lines(await children(client, entry)));
}

async function showSlots(client: DapClient, scope: Dap.Scope | undefined): Promise<void> {
  say(section('Memory slots'));
  for (const slot of await children(client, scope)) {
    say(`  ${slot.name}: ${slot.value}`);
    say(
      ...lines(
        (await children(client, slot)).filter(({ name }) => ['hva', 'VMA'].includes(name)),
        '      ',
      ),
    );
  }
}

type Parent = { readonly variablesReference: number } | undefined;
async function children(client: DapClient, parent: Parent): Promise<readonly Dap.Variable[]> {
  if (!parent || parent.variablesReference === 0) return [];
  const { variables } = await client.request('variables', {
    variablesReference: parent.variablesReference,
  });
  return variables;
}

function lines(variables: readonly Dap.Variable[], indent = '  '): string[] {
  const width = Math.max(0, ...variables.map(({ name }) => name.length));
  return variables.map(({ name, value }) => `${indent}${name.padEnd(width)}  ${value}`);
}

function wrapped(text: string): string {
  const rows = [''];
  for (const word of text.split(' ')) {
    if ((rows.at(-1) ?? '').length + word.length > WIDTH) rows.push('');
    rows.push(`${rows.pop() ?? ''} ${word}`);
  }
  return rows.map((row) => ` ${row}`).join('\n');
}

/** Goes on to the guest's end without further stops. */
async function runToEnd(client: DapClient, stopped: boolean): Promise<number> {
  if (!stopped) return exitStatus.ourError;
  await client.request('setExceptionBreakpoints', { filters: [] });
  const exited = client.event('exited', 'stopped');
  const terminated = client.event('terminated');
  await client.request('continue', { threadId: THREAD });
  const { kind, body } = await exited;
  if (kind === 'stopped') return exitStatus.stuck;
  await terminated;
  return (body as Dap.ExitedEvent['body']).exitCode;
}

function showConsole(console: readonly string[]): void {
  const text = console.join('').trimEnd();
  say(section('The guest’s console'), ...text.split('\n').map((line) => `  ${line}`));
}
