import * as vscode from 'vscode';
import type { CustomRequests, GuestStateData } from '../../debug-adapter/custom-protocol';
import { debuggerType } from '../launch-schema';

/** How often views look at a guest that runs. */
const RUNNING_INTERVAL = 250;
/** A look may take at most this part of the time, so that looking does not slow the guest. */
const SHARE_OF_TIME = 50;

/** The debug session that the views show, and the state that they saw last. */
export class GuestSession implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<GuestStateData | undefined>();
  readonly #subscriptions: readonly { dispose(): unknown }[];
  #session: vscode.DebugSession | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  #lookAgain = false;
  #isStopped = false;
  #watchers = new Set<() => boolean>();
  /** Events that are kept for the log. */
  loggedKinds: readonly string[] = ['key-fault', 'mmio-exit'];
  state: GuestStateData | undefined;
  /** Fires when the state is another one; with nothing when no guest is debugged. */
  readonly onChange = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      this.#changed,
      vscode.debug.registerDebugAdapterTrackerFactory(debuggerType, {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: { type: string; event?: string; command?: string; success?: boolean }) =>
            this.#heard(session, message),
        }),
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (session !== this.#session) return;
        this.#session = undefined;
        this.#show(undefined);
      }),
      vscode.debug.onDidChangeActiveStackItem(() => void this.look()),
    ];
  }

  get session(): vscode.DebugSession | undefined {
    return this.#session;
  }
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** A view that wants the state while `isVisible`; nobody looks at a running guest for hidden views. */
  watch(isVisible: () => boolean): { dispose(): unknown } {
    this.#watchers.add(isVisible);
    return { dispose: () => this.#watchers.delete(isVisible) };
  }

  /** Asks the adapter; throws what it refuses with. */
  async ask<K extends keyof CustomRequests>(request: K, args: CustomRequests[K][0]): Promise<CustomRequests[K][1]> {
    if (!this.#session) throw new Error('No guest is being debugged.');
    return (await this.#session.customRequest(request, args)) as CustomRequests[K][1];
  }

  /** Which events are kept from now on. */
  async log(kinds: readonly string[]): Promise<void> {
    this.loggedKinds = kinds;
    if (this.#session) await this.ask('key31/logEvents', { kinds });
    await this.look();
  }

  #heard(
    session: vscode.DebugSession,
    { type, event, command, success }: { type: string; event?: string; command?: string; success?: boolean },
  ): void {
    if (type === 'event' && event === 'initialized') {
      this.#session = session;
      void this.log(this.loggedKinds);
    }
    if (session !== this.#session) return;
    if (event === 'stopped') this.#isStopped = true;
    const goesOn = type === 'response' && success === true && /^(continue|next|step|restart)/.test(command ?? '');
    if (event === 'continued' || goesOn) this.#isStopped = false;
    if (event === 'stopped' || event === 'invalidated' || event === 'continued' || goesOn) void this.look();
  }

  /** Reads the state anew. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#session) return;
    if (this.#isLooking) {
      this.#lookAgain = true;
      return;
    }
    this.#isLooking = true;
    const started = Date.now();
    try {
      const item = vscode.debug.activeStackItem;
      const threadId =
        item instanceof vscode.DebugThread || item instanceof vscode.DebugStackFrame ? item.threadId : undefined;
      const isOurs = item?.session === this.#session;
      this.#show(await this.ask('key31/state', threadId !== undefined && isOurs ? { threadId } : {}));
    } catch {
      // The session ended, or is not launched yet: the next event says more.
    }
    this.#isLooking = false;
    if (this.#lookAgain) {
      this.#lookAgain = false;
      void this.look();
      return;
    }
    const took = Date.now() - started;
    if (!this.#isStopped && [...this.#watchers].some((isVisible) => isVisible()))
      this.#timer = setTimeout(() => void this.look(), Math.max(RUNNING_INTERVAL, took * SHARE_OF_TIME));
  }

  #show(state: GuestStateData | undefined): void {
    this.state = state;
    this.#changed.fire(state);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const one of this.#subscriptions) one.dispose();
  }
}
