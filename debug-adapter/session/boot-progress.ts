/** Tells a client how far a guest's boot has come, and lets it stop there. */
import { Event } from '@vscode/debugadapter';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import type { Guest } from './guest';
import type { Runner } from './runner';

export const BOOT = 'boot';
/** Milliseconds after which a person wants to know, and between two reports. */
const INTERVAL = 1000;
const PROBLEM_STATE = 0x4000n;

/** What it needs of a session. */
interface ProgressSession {
  readonly client: { sendEvent(event: Dap.Event): void };
  readonly supportsProgress: boolean;
  readonly launched: { readonly guest: Guest; readonly runner: Runner } | undefined;
}

/** Reports from the beginning of a run until the guest's first program, its first stop or its end. */
export class BootProgress {
  readonly #context: ProgressSession;
  #timer: NodeJS.Timeout | undefined;
  #isShown = false;

  constructor(context: ProgressSession) {
    this.#context = context;
  }

  begin(): void {
    this.end();
    if (!this.#context.supportsProgress) return;
    this.#timer = setInterval(() => this.#report(), INTERVAL);
    this.#timer.unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#isShown) this.#send('progressEnd', {});
    this.#isShown = false;
  }

  #report(): void {
    const { launched } = this.#context;
    if (!launched?.runner.isRunning) return this.end();
    const { target } = launched.guest;
    const isUserSpace = target.vcpus.some(({ registers }) => (registers.special('msr') & PROBLEM_STATE) !== 0n);
    if (isUserSpace) return this.end();
    const message = `${target.instructionCount.toLocaleString('en')} instructions`;
    if (this.#isShown) return this.#send('progressUpdate', { message });
    this.#isShown = true;
    this.#send('progressStart', { title: 'The guest is booting', cancellable: true, message });
  }

  #send(event: string, body: object): void {
    this.#context.client.sendEvent(new Event(event, { progressId: BOOT, ...body }));
  }
}
