import { moduleOf, type FunctionBody, type FunctionImport } from '../wasm-binary';
import { driveFunction } from './drive-function';
import { handlerTableFor } from './handler-table';
import type { ByteOrder } from './home';
import { loopFunction } from './loop-function';
import { rareFunction } from './rare-function';

/** drive(budget, exact) gives a number of `reasons`; see drive-function.ts. */
export type Drive = (budget: number, exact: number) => number;

const imports: readonly FunctionImport[] = [
  { name: 'walk load', parameters: ['i32', 'i64'] },
  { name: 'walk store', parameters: ['i32', 'i64'] },
];

/** The interpreter as a module, for guests of one byte order, and for the vCPU whose block of state begins at `base`. */
function generateInterpreter(byteOrder: ByteOrder, base: number): Uint8Array<ArrayBuffer> {
  const table = handlerTableFor(byteOrder, base);
  const functions: Record<string, FunctionBody> = {
    'run at jumps': loopFunction(table, base, 'at jumps'),
    'run everywhere': loopFunction(table, base, 'everywhere'),
    perform: rareFunction(table),
    drive: driveFunction(base, { walkLoad: 0, walkStore: 1, runAtJumps: 2, runEverywhere: 3, perform: 4 }),
  };
  return moduleOf(functions, imports);
}

const modules = new Map<string, WebAssembly.Module>();

/** Generates and compiles once a process, and binds to a machine's memory and walks. */
export function makeDrive(
  byteOrder: ByteOrder,
  base: number,
  memory: WebAssembly.Memory,
  walks: { readonly load: unknown; readonly store: unknown },
): Drive {
  const key = `${byteOrder} ${base}`;
  const module = modules.get(key) ?? new WebAssembly.Module(generateInterpreter(byteOrder, base));
  modules.set(key, module);
  const host = { 'walk load': walks.load, 'walk store': walks.store };
  return new WebAssembly.Instance(module, { state: { memory }, host }).exports['drive'] as Drive;
}
