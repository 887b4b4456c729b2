import { moduleOf, type FunctionBody, type FunctionImport } from '../wasm-binary';
import type { EmittedWalks } from '../emitted-translation';
import { driveFunction } from './drive-function';
import { handlerTableFor } from './handler-table';
import type { ByteOrder } from './home';
import { loopFunction } from './loop-function';
import { rareFunction } from './rare-function';

/** drive(budget, how) gives a number of `reasons`; `how` is a sum of `manners`; see drive-function.ts. */
export type Drive = (budget: number, how: number) => number;

const imports: readonly FunctionImport[] = [
  { name: 'walk load', parameters: ['i32', 'i64'] },
  { name: 'walk store', parameters: ['i32', 'i64'] },
  { name: 'walk fetch', parameters: ['i32', 'i64'] },
];

/** The interpreter as a module, for guests of one byte order, and for the vCPU whose block of state begins at `base`. */
function generateInterpreter(byteOrder: ByteOrder, base: number): Uint8Array<ArrayBuffer> {
  const table = handlerTableFor(byteOrder, base);
  const functions: Record<string, FunctionBody> = {
    'run at jumps': loopFunction(table, base, 'at jumps'),
    'run everywhere': loopFunction(table, base, 'everywhere'),
    perform: rareFunction(table),
    drive: driveFunction(byteOrder, base, {
      walkLoad: 0,
      walkStore: 1,
      walkFetch: 2,
      runAtJumps: 3,
      runEverywhere: 4,
      perform: 5,
    }),
  };
  return moduleOf(functions, imports);
}

const modules = new Map<string, WebAssembly.Module>();

/** Generates and compiles once a process, and binds to a machine's memory and walks. */
export function makeDrive(
  byteOrder: ByteOrder,
  base: number,
  memory: WebAssembly.Memory,
  walks: EmittedWalks['functions'],
): Drive {
  const key = `${byteOrder} ${base}`;
  const module = modules.get(key) ?? new WebAssembly.Module(generateInterpreter(byteOrder, base));
  modules.set(key, module);
  const host = { 'walk load': walks.load, 'walk store': walks.store, 'walk fetch': walks.fetch };
  return new WebAssembly.Instance(module, { state: { memory }, host }).exports['drive'] as Drive;
}
