/** The way to the extension. */
import type { GuestStateData } from '../../debug-adapter/custom-protocol';
import type { AllowedRequest, Ask, FromWebview, ToWebview } from './messages';

interface VscodeApi {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VscodeApi;

const api = acquireVsCodeApi();
const waiting = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
let lastQuestion = 0;

/** Asks the adapter; fails with the sentence that it refuses with. */
export const ask: Ask = (request: AllowedRequest, args: unknown) =>
  new Promise((resolve, reject) => {
    const id = ++lastQuestion;
    waiting.set(id, { resolve: resolve as (body: unknown) => void, reject });
    api.postMessage({ kind: 'ask', id, request, args });
  });

export const showWalk = (address: string): void => api.postMessage({ kind: 'walk', address });

/** What this view remembers while it is hidden, and when the window is opened anew. */
export const remembered = (): Readonly<Record<string, string>> =>
  (api.getState() ?? {}) as Readonly<Record<string, string>>;
export const remember = (values: Readonly<Record<string, string>>): void =>
  api.setState({ ...remembered(), ...values });

/** Hears of each new state of the guest, and of addresses to walk to. */
export function listen(
  onState: (state: GuestStateData | undefined) => void,
  onWalk: (address: string) => void = () => undefined,
): void {
  window.addEventListener('message', ({ data }: MessageEvent<ToWebview>) => {
    switch (data.kind) {
      case 'state':
        onState(data.state);
        return;
      case 'walk':
        onWalk(data.address);
        return;
      case 'answer':
        waiting.get(data.id)?.resolve(data.body);
        waiting.delete(data.id);
        return;
      case 'refusal':
        waiting.get(data.id)?.reject(new Error(data.message));
        waiting.delete(data.id);
    }
  });
  api.postMessage({ kind: 'ready' });
}
