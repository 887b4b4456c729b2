import { instructions } from '../../isa/table';
import { commonModules } from './generate';
import { handlerTable } from './handler-table';
import type { Prebuilt } from './prebuilt';

/** What the build writes into the product. `base64` writes bytes as text, for which each platform has its own way. */
export function prebuild(base64: (bytes: Uint8Array) => string): Prebuilt {
  const table = handlerTable();
  return {
    modules: Object.fromEntries(Object.entries(commonModules()).map(([key, bytes]) => [key, base64(bytes)])),
    numbers: instructions.map((one) => ({ far: table.numberOf(one, false), near: table.numberOf(one, true) })),
  };
}
