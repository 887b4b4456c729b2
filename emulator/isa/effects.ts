import type { Instruction } from './instruction';
import { observe, type Request } from './observe';

/** What an instruction reads and writes, by names such as r3, cr0, lr and ca. */
export interface Effects {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  readonly load: boolean;
  readonly store: boolean;
  /** How many bytes of storage it accesses altogether. */
  readonly bytes: number;
  readonly canFail: boolean;
  readonly jumps: boolean;
}

/** Refuses a meaning that can fail after it has written, or that asks for something after it has jumped. */
function demandOrder(mnemonic: string, requests: readonly Request[]): void {
  let written = false;
  let probed = false;
  let jumped = false;
  for (const { kind } of requests) {
    if (jumped) throw new Error(`${mnemonic} goes on after it has jumped`);
    if (written && (kind === 'refuse' || kind === 'probe' || ((kind === 'load' || kind === 'store') && !probed)))
      throw new Error(`${mnemonic} can fail after it has written`);
    written ||= kind === 'write' || kind === 'store';
    probed ||= kind === 'probe';
    jumped ||= kind === 'jump' || kind === 'interrupt';
  }
}

export function effectsOf(instruction: Instruction, word: number): Effects {
  const requests = observe(instruction, word);
  demandOrder(instruction.mnemonic, requests);
  const has = (kind: Request['kind']) => requests.some((one) => one.kind === kind);
  const places = (wanted: 'read' | 'write') =>
    new Set(requests.flatMap((one) => (one.kind === wanted ? [one.place] : [])));
  return {
    reads: places('read'),
    writes: places('write'),
    load: has('load'),
    store: has('store'),
    bytes: requests.reduce((sum, one) => sum + (one.kind === 'load' || one.kind === 'store' ? one.bytes : 0), 0),
    canFail: has('load') || has('store') || has('probe') || has('refuse') || has('interrupt'),
    jumps: has('jump'),
  };
}
