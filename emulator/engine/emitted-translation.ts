import { searchForHypervisor, translate } from '../mmu/translate';
import type { Access } from '../mmu/storage-fault';
import { verdicts, type Verdict } from '../mmu/verdict';
import type { AlgorithmOperations } from '../operations/algorithm-operations';
import { Emit, type EmitSorts } from './emit-algorithm';
import { moduleOf } from './wasm-binary';

type Walk = (base: number, effectiveAddress: bigint) => number;
type WalkText = (op: AlgorithmOperations<EmitSorts>, effectiveAddress: number, access: Access) => void;

/** An algorithm on an access, bound to a machine. It leaves its results in the vCPU's block of state. */
export type EmittedWalk = (base: number, effectiveAddress: bigint, access: Access) => Verdict;
export interface EmittedWalks {
  /** The hardware's: sets R and C, fills the software TLBs. */
  readonly translate: EmittedWalk;
  /** The hypervisor's: finds an entry, changes nothing. */
  readonly search: EmittedWalk;
  /** The hardware's for generated code, which cannot call a closure. */
  readonly functions: Readonly<Record<Access, unknown>>;
}

function emitted(text: WalkText, access: Access) {
  const emit = new Emit(['i64']);
  text(emit, emit.parameter(0), access);
  return emit.body;
}
const translated: WalkText = (op, ea, access) => {
  translate<EmitSorts>(op, ea, access);
};
const searched: WalkText = (op, ea, access) => {
  searchForHypervisor<EmitSorts>(op, ea, access);
};

let compiled: WebAssembly.Module | undefined;
const compile = (): WebAssembly.Module =>
  new WebAssembly.Module(
    moduleOf({
      'translate load': emitted(translated, 'load'),
      'translate store': emitted(translated, 'store'),
      'translate fetch': emitted(translated, 'fetch'),
      'search load': emitted(searched, 'load'),
      'search store': emitted(searched, 'store'),
      'search fetch': emitted(searched, 'fetch'),
    }),
  );

/** Generates and compiles the walks once a process, and binds them to a machine's memory. */
export function emitWalks(memory: WebAssembly.Memory): EmittedWalks {
  compiled ??= compile();
  const { exports } = new WebAssembly.Instance(compiled, { state: { memory } });
  const walk =
    (name: 'translate' | 'search'): EmittedWalk =>
    (base, effectiveAddress, access) => {
      const run = exports[`${name} ${access}`] as Walk;
      const verdict = verdicts[run(base, BigInt.asIntN(64, effectiveAddress))];
      if (verdict === undefined) throw new Error('the emitted walk returned an unknown verdict');
      return verdict;
    };
  return {
    translate: walk('translate'),
    search: walk('search'),
    functions: {
      load: exports['translate load'],
      store: exports['translate store'],
      fetch: exports['translate fetch'],
    },
  };
}
