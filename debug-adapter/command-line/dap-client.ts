import { spawn, type ChildProcess } from 'node:child_process';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';

/** The requests that are made, and what they are answered with. */
interface Answers {
  initialize: Dap.Capabilities;
  launch: undefined;
  configurationDone: undefined;
  setExceptionBreakpoints: Dap.SetExceptionBreakpointsResponse['body'];
  exceptionInfo: Dap.ExceptionInfoResponse['body'];
  stackTrace: Dap.StackTraceResponse['body'];
  scopes: Dap.ScopesResponse['body'];
  variables: Dap.VariablesResponse['body'];
  evaluate: Dap.EvaluateResponse['body'];
  continue: Dap.ContinueResponse['body'];
  disconnect: undefined;
}

type Events = Readonly<Record<string, (body: unknown) => void>>;

/** DAP's own types leave the body open to anything. */
type EventMessage = Omit<Dap.Event, 'body'> & { readonly body: unknown };
type ResponseMessage = Omit<Dap.Response, 'body'> & { readonly body: unknown };

/** The client's end of the Debug Adapter Protocol, on an adapter that it starts as a process of its own. */
export class DapClient {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
  readonly #awaited = new Map<string, (body: unknown) => void>();
  readonly #listeners: Events;
  #received = Buffer.alloc(0);
  #sequence = 1;

  constructor(program: string, listeners: Events) {
    this.#listeners = listeners;
    this.#process = spawn(process.execPath, [program, 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout?.on('data', (data: Buffer) => this.#receive(data));
    this.#process.on('exit', () => this.#fail(new Error('The debug adapter has ended.')));
  }

  request<K extends keyof Answers>(command: K, args: object = {}): Promise<Answers[K]> {
    const seq = this.#sequence++;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#process.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(seq, { resolve: (body) => resolve(body as Answers[K]), reject });
    });
  }

  /** The next event of one of these kinds. To be asked for before the request that brings it. */
  event(...kinds: readonly string[]): Promise<{ readonly kind: string; readonly body: unknown }> {
    return new Promise((resolve) => {
      for (const kind of kinds) {
        this.#awaited.set(kind, (body) => {
          for (const other of kinds) this.#awaited.delete(other);
          resolve({ kind, body });
        });
      }
    });
  }

  end(): void {
    this.#process.stdin?.end();
  }

  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#received.toString('latin1', 0, 64));
      if (!header) return;
      const start = header[0].length;
      const end = start + Number(header[1]);
      if (this.#received.length < end) return;
      const message = JSON.parse(this.#received.toString('utf8', start, end)) as Dap.Request;
      this.#received = this.#received.subarray(end);
      this.#dispatch(message);
    }
  }

  #dispatch(message: EventMessage | ResponseMessage | Dap.Request): void {
    if (message.type === 'event') {
      const { event, body } = message as EventMessage;
      this.#listeners[event]?.(body);
      this.#awaited.get(event)?.(body);
    } else if (message.type === 'response') {
      const { request_seq: seq, success, message: problem, body } = message as ResponseMessage;
      const waiting = this.#waiting.get(seq);
      this.#waiting.delete(seq);
      if (success) waiting?.resolve(body);
      else waiting?.reject(new Error(problem ?? 'The debug adapter refused a request.'));
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
