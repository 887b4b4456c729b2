import { DebugSession, OutputEvent, Response, type Event } from '@vscode/debugadapter';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { errors, UserError } from './errors';
import { Context, type Client } from './requests/context';
import type { Request, RequestName } from './requests/request';
import { shaped, ShapeError } from './requests/shape';
import { requestTable } from './requests/table';
import type { MachineMaker } from './session/make-guest';

/** A request of the table with its types forgotten: what stands in the table has been checked against them. */
interface AnyRequest extends Omit<Request<RequestName>, 'handle'> {
  handle(context: Context, args: unknown): unknown;
}

/** One client's debug session: every request gets an answer, whatever it is. */
export class DapSession extends DebugSession implements Client {
  readonly #context: Context;
  #afterResponse: (() => void)[] = [];

  constructor(makeMachine?: MachineMaker) {
    super();
    this.#context = new Context(this, makeMachine);
    this.removeAllListeners('error');
    this.on('error', (event: Event & { body?: unknown }) => this.#takeError(event.body));
  }

  /** A message that cannot be read has no number to answer to; a broken stream has nobody to answer. */
  #takeError(body: unknown): void {
    if (typeof body === 'string' && body.startsWith('Error handling data')) {
      this.sendEvent(new OutputEvent(`Key31 has received a message that it cannot read: ${body}\n`, 'stderr'));
    } else this.shutdown();
  }

  afterResponse(action: () => void): void {
    this.#afterResponse.push(action);
  }

  close(): void {
    this.shutdown();
  }

  override shutdown(): void {
    this.#context.launched?.runner.discard();
    this.stop();
    super.shutdown();
  }

  protected override dispatchRequest(request: Dap.Request): void {
    const response: Dap.Response = new Response(request);
    this.#afterResponse = [];
    try {
      response.body = this.#answer(request);
    } catch (error) {
      this.#refuse(response, error);
      return;
    }
    this.sendResponse(response);
    this.#finish(request.command);
  }

  /** What was to follow the answer. An error there has no response left to go into. */
  #finish(command: string): void {
    try {
      for (const action of this.#afterResponse) action();
    } catch (error) {
      this.sendEvent(new OutputEvent(`${errors.internal(command, error).message}\n`, 'stderr'));
    }
  }

  #answer({ command, arguments: given }: Dap.Request): unknown {
    if (!Object.hasOwn(requestTable, command)) throw errors.unknownRequest(command);
    const request = requestTable[command as RequestName] as AnyRequest;
    try {
      const args = shaped(given ?? {}, request.shape, 'arguments');
      if (request.needsStop) this.#context.requireStopped(command);
      return request.handle(this.#context, args);
    } catch (error) {
      if (error instanceof ShapeError) throw errors.badArgument(command, error.path, error.expected);
      if (error instanceof UserError) throw error;
      throw errors.internal(command, error);
    }
  }

  #refuse(response: Dap.Response, error: unknown): void {
    const problem = error instanceof UserError ? error : errors.internal(response.command, error);
    // DebugSession's own way would take braces in the message for variables.
    response.success = false;
    response.message = problem.message;
    response.body = { error: { id: problem.id, format: problem.message, showUser: problem.showUser } };
    this.sendResponse(response);
  }
}
