import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { violation } from './protocol-schema';

const root = join(import.meta.dirname, '../..');
export const key31 = join(root, 'dist/key31.cjs');
if (!existsSync(key31)) throw new Error('Build first: npm run build.');

export const sampleFolder = join(root, 'extension/samples/mmio-trap');
export const sample = (endian: 'be' | 'le'): string => join(sampleFolder, `mmio-trap.${endian}.elf`);

type StoppedBody = Dap.StoppedEvent['body'];
/** A filter alone, or with a condition. */
type Filter = string | readonly [filter: string, condition: string];

/** A client of `key31 dap` in a process of its own. */
export class AdapterClient extends DebugClient {
  /** What the guest has written to its console, and what the adapter has said. */
  output = { stdout: '', console: '', stderr: '', important: '' };
  /** Every message of the adapter that tests look at in order: "response next", "event stopped". */
  readonly order: string[] = [];
  #process: ChildProcess | undefined;

  constructor() {
    super(process.execPath, key31, 'key31');
    this.defaultTimeout = 10_000;
    // The client's own events would come in the order of its promises.
    const receiver = this as unknown as { dispatch: (text: string) => void };
    const dispatch = receiver.dispatch.bind(this);
    receiver.dispatch = (text) => {
      const message = JSON.parse(text) as { type: string; event?: string; command?: string };
      this.order.push(`${message.type} ${message.event ?? message.command ?? ''}`);
      const wrong = violation(message);
      if (wrong !== undefined) violations.push(wrong);
      dispatch(text);
    };
    this.on('output', ({ body: { category, output } }: Dap.OutputEvent) => {
      this.output[(category ?? 'console') as keyof typeof this.output] += output;
    });
  }

  /** The base class starts a program without arguments, which is not `key31 dap`. */
  override start(port?: number): Promise<void> {
    if (port !== undefined) return super.start(port);
    this.#process = spawn(process.execPath, [key31, 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.on('exit', (code) => {
      if (code) this.emit('adapterFailed', { event: 'adapterFailed' });
    });
    this.connect(this.#process.stdout!, this.#process.stdin!);
    return Promise.resolve();
  }
  override async stop(): Promise<void> {
    if (!this.#process) return super.stop();
    this.#process.kill();
    return Promise.resolve();
  }
  /** Whether the adapter still lives. */
  get isAlive(): boolean {
    return this.#process?.exitCode === null;
  }

  /** The next event of one of these kinds. To be asked for before the request that brings it. */
  next(...kinds: readonly string[]): Promise<Dap.Event> {
    return new Promise((resolve, reject) => {
      const all = [...kinds, 'adapterFailed'];
      const take = (event: Dap.Event) => {
        for (const kind of all) this.off(kind, take);
        if (event.event === 'adapterFailed') reject(new Error('The adapter has failed; its error is above.'));
        else resolve(event);
      };
      for (const kind of all) this.on(kind, take);
    });
  }

  /** Starts a guest that is to stop at these events, and waits for what comes first: a stop or the end. */
  async run(launch: object, filters: readonly Filter[] = []): Promise<StoppedBody | undefined> {
    await this.begin(launch);
    await this.stopAt(...filters);
    return this.until(() => this.configurationDoneRequest());
  }

  /** Initializes and launches; breakpoints can be set then. */
  async begin(launch: object): Promise<void> {
    const initialized = this.next('initialized');
    await this.initializeRequest();
    await this.launchRequest(launch);
    await initialized;
  }

  async stopAt(...filters: readonly Filter[]): Promise<readonly Dap.Breakpoint[]> {
    const response = await this.setExceptionBreakpointsRequest({
      filters: filters.filter((filter) => typeof filter === 'string'),
      filterOptions: filters
        .filter((filter) => typeof filter !== 'string')
        .map(([filterId, condition]) => ({ filterId, condition })),
    });
    return response.body?.breakpoints ?? [];
  }

  /** Makes a request that lets the guest run, and waits for the next stop; undefined when the guest ends instead. */
  async until(request: () => Promise<unknown>): Promise<StoppedBody | undefined> {
    const next = this.next('stopped', 'terminated');
    await request();
    const event = await next;
    return event.event === 'stopped' ? (event as Dap.StoppedEvent).body : undefined;
  }
  goOn = (): Promise<StoppedBody | undefined> => this.until(() => this.continueRequest({ threadId: 1 }));

  readMemoryRequest(memoryReference: string, count: number, offset = 0): Promise<Dap.ReadMemoryResponse> {
    return this.customRequest('readMemory', { memoryReference, count, offset });
  }
  writeMemoryRequest(memoryReference: string, bytes: Uint8Array): Promise<Dap.WriteMemoryResponse> {
    const data = Buffer.from(bytes).toString('base64');
    return this.customRequest('writeMemory', { memoryReference, data });
  }
  async frames(): Promise<readonly Dap.StackFrame[]> {
    return (await this.stackTraceRequest({ threadId: 1 })).body.stackFrames;
  }
  /** The innermost frame of the guest's own. */
  async guestFrame(): Promise<Dap.StackFrame> {
    return (await this.frames()).find(({ instructionPointerReference }) => instructionPointerReference !== undefined)!;
  }
  async scope(name: string): Promise<Dap.Scope> {
    const { id } = (await this.frames())[0]!;
    const { scopes } = (await this.scopesRequest({ frameId: id })).body;
    return scopes.find((scope) => scope.name === name)!;
  }
  async children({ variablesReference }: { variablesReference: number }): Promise<readonly Dap.Variable[]> {
    return (await this.variablesRequest({ variablesReference })).body.variables;
  }
  /** A variable by its path: a scope, then names. */
  async variable(scope: string, ...names: readonly string[]): Promise<Dap.Variable> {
    let parent: { variablesReference: number } = await this.scope(scope);
    let found: Dap.Variable | undefined;
    for (const name of names) {
      found = (await this.children(parent)).find((variable) => variable.name === name);
      if (!found) throw new Error(`${scope} has no ${names.join(' / ')}.`);
      parent = found;
    }
    return found!;
  }
  async value(expression: string): Promise<string> {
    return (await this.evaluateRequest({ expression, context: 'repl' })).body.result;
  }
  async instructionPointer(): Promise<bigint> {
    return BigInt((await this.guestFrame()).instructionPointerReference!);
  }
}

/** Starts a client, and stops it when the test is over. */
export async function adapterClient(): Promise<AdapterClient> {
  const client = new AdapterClient();
  await client.start();
  clients.push(client);
  return client;
}
const clients: AdapterClient[] = [];
/** What adapters have said that the protocol does not allow. */
const violations: string[] = [];
afterEach(() => {
  expect(violations.splice(0)).toEqual([]);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()));
});

/** One client for all tests of a group, for those that leave the guest where it is. */
export function sharedClient(prepare: (client: AdapterClient) => Promise<unknown>): () => AdapterClient {
  const client = new AdapterClient();
  beforeAll(async () => {
    await client.start();
    await prepare(client);
  });
  afterAll(() => client.stop());
  return () => client;
}
