import { moduleOf, type FunctionBody, type FunctionImport } from '../wasm-binary';
import type { EmittedWalks } from '../emitted-translation';
import { driveFunction } from './drive-function';
import { handlerTableFor } from './handler-table';
import type { ByteOrder } from './home';
import { loopFunction } from './loop-function';
import { prebuilt } from './prebuilt';
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

const keyOf = (byteOrder: ByteOrder, base: number) => `${byteOrder} ${base}`;

/** The modules of guests with one vCPU, by their keys. For the build, and for the test of what it has written. */
export const commonModules = (): Readonly<Record<string, Uint8Array>> =>
  Object.fromEntries((['little', 'big'] as const).map((order) => [keyOf(order, 0), generateInterpreter(order, 0)]));

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

function interpreterModule(byteOrder: ByteOrder, base: number): WebAssembly.Module {
  const text = prebuilt?.modules[keyOf(byteOrder, base)];
  return new WebAssembly.Module(text === undefined ? generateInterpreter(byteOrder, base) : fromBase64(text));
}

const modules = new Map<string, WebAssembly.Module>();

/** Compiles once a process, and binds to a machine's memory and walks. */
export function makeDrive(
  byteOrder: ByteOrder,
  base: number,
  memory: WebAssembly.Memory,
  walks: EmittedWalks['functions'],
): Drive {
  const key = keyOf(byteOrder, base);
  const module = modules.get(key) ?? interpreterModule(byteOrder, base);
  modules.set(key, module);
  const host = { 'walk load': walks.load, 'walk store': walks.store, 'walk fetch': walks.fetch };
  return new WebAssembly.Instance(module, { state: { memory }, host }).exports['drive'] as Drive;
}
