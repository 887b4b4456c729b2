/** A debug session in this process: no build, no pipe, every message checked against the protocol. */
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { DapSession } from '../../debug-adapter/dap-session';
import type { Requests, RequestName } from '../../debug-adapter/requests/request';
import { violation } from './protocol-schema';

/** What a client says of itself at initialize; undefined: nothing. */
export type Declared = Omit<Dap.InitializeRequestArguments, 'adapterID'> | undefined;
/** As VS Code declares itself. */
const vscode: Declared = {
  clientID: 'vscode',
  linesStartAt1: true,
  columnsStartAt1: true,
  pathFormat: 'path',
  supportsVariableType: true,
  supportsVariablePaging: true,
  supportsRunInTerminalRequest: true,
  supportsProgressReporting: true,
  supportsInvalidatedEvent: true,
  supportsMemoryReferences: true,
  supportsArgsCanBeInterpretedByShell: true,
  supportsMemoryEvent: true,
  supportsStartDebuggingRequest: true,
  supportsANSIStyling: true,
};

type Message = Dap.ProtocolMessage & {
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
};

export class SessionClient {
  /** All that the adapter has said, in order. */
  readonly messages: Message[] = [];
  readonly #session = new DapSession();
  readonly #waiting: { readonly kinds: readonly string[]; readonly take: (message: Message) => void }[] = [];
  #sequence = 1;
  readonly declared: Declared;

  constructor(declared: Declared = vscode) {
    this.declared = declared;
    this.#session.setRunAsServer(true);
    this.#session.onDidSendMessage((sent) => {
      const message = JSON.parse(JSON.stringify(sent)) as Message;
      const wrong = violation(message);
      if (wrong !== undefined) throw new Error(wrong);
      this.messages.push(message);
      for (const one of [...this.#waiting]) {
        if (message.event === undefined || !one.kinds.includes(message.event)) continue;
        this.#waiting.splice(this.#waiting.indexOf(one), 1);
        one.take(message);
      }
    });
  }

  /** Makes a request; throws what the adapter refuses it with. */
  request<K extends RequestName>(command: K, args?: Requests[K][0]): Requests[K][1] {
    const { success, message, body } = this.raw(command, args);
    if (success !== true) throw new Error(message);
    return body as Requests[K][1];
  }
  /** The response, whatever it is: requests are answered at once. */
  raw(command: string, args?: unknown): Message {
    const seq = this.#sequence++;
    const before = this.messages.length;
    this.#session.handleMessage({ seq, type: 'request', command, arguments: args } as Dap.Request);
    const answers = this.messages
      .slice(before)
      .filter((message) => message.type === 'response' && (message as unknown as Dap.Response).request_seq === seq);
    if (answers.length !== 1 || !answers[0]) throw new Error(`"${command}" has ${answers.length} responses`);
    return answers[0];
  }

  /** The next event of one of these kinds; to be asked for before the request that brings it. */
  next(...kinds: readonly string[]): Promise<Message> {
    return new Promise((take) => this.#waiting.push({ kinds, take }));
  }
  /** Makes a request that lets the guest run, and waits for the next stop or the end. */
  async until(request: () => unknown): Promise<Dap.StoppedEvent['body'] | undefined> {
    const next = this.next('stopped', 'terminated');
    request();
    const message = await next;
    return message.event === 'stopped' ? (message.body as Dap.StoppedEvent['body']) : undefined;
  }
  goOn = (): Promise<Dap.StoppedEvent['body'] | undefined> =>
    this.until(() => this.request('continue', { threadId: 1 }));

  begin(launch: object): void {
    this.request('initialize', { adapterID: 'key31', ...this.declared });
    this.request('launch', launch);
  }
  /** Runs a guest to its first stop at one of these filters. */
  run(
    launch: object,
    filters: readonly string[] = [],
    filterOptions: Dap.ExceptionFilterOptions[] = [],
  ): Promise<Dap.StoppedEvent['body'] | undefined> {
    this.begin(launch);
    this.request('setExceptionBreakpoints', { filters: [...filters], filterOptions });
    return this.until(() => this.request('configurationDone'));
  }

  value(expression: string, context = 'repl'): string {
    return this.request('evaluate', { expression, context }).result;
  }
  frames(): readonly Dap.StackFrame[] {
    return this.request('stackTrace', { threadId: 1 }).stackFrames;
  }
  scope(name: string): Dap.Scope {
    const { scopes } = this.request('scopes', { frameId: this.frames()[0]!.id });
    const found = scopes.find((scope) => scope.name === name);
    if (!found) throw new Error(`There is no scope "${name}".`);
    return found;
  }
  children({ variablesReference }: { variablesReference: number }): readonly Dap.Variable[] {
    return this.request('variables', { variablesReference }).variables;
  }
  variable(scope: string, ...names: readonly string[]): Dap.Variable & { readonly parent: number } {
    let parent: { variablesReference: number } = this.scope(scope);
    let found: Dap.Variable | undefined;
    let within = 0;
    for (const name of names) {
      within = parent.variablesReference;
      found = this.children(parent).find((variable) => variable.name === name);
      if (!found) throw new Error(`${scope} has no ${names.join(' / ')}.`);
      parent = found;
    }
    return { ...found!, parent: within };
  }
  said(event: string): readonly Message[] {
    return this.messages.filter((message) => message.event === event);
  }
  get console(): string {
    return this.said('output')
      .map(({ body }) => body as Dap.OutputEvent['body'])
      .filter(({ category }) => category === 'console')
      .map(({ output }) => output)
      .join('');
  }
  end(): void {
    this.raw('disconnect');
  }
}
