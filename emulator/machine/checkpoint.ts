/**
 * A machine's whole state at an instruction count, as plain data. Everything that can be made anew is left out: software
 * TLBs, decoded instructions. A machine of the same configuration that takes it over goes on as this one would.
 */
import { HOST_MEMORY } from '../state/layout';
import type { Pseries } from './pseries';
import type { Checkpoint } from './stateful-part';

const PAGE = 0x10000;

export function captureCheckpoint({ parts, linearMemory }: Pseries): Checkpoint {
  const pages = new Map<number, Uint8Array>();
  for (let at = HOST_MEMORY, number = 0; at < linearMemory.byteLength; at += PAGE, number++) {
    const words = new Int32Array(linearMemory, at, PAGE / 4);
    if (words.some((word) => word !== 0)) pages.set(number, new Uint8Array(linearMemory.slice(at, at + PAGE)));
  }
  const captured = Object.entries(parts).map(([name, part]): [string, unknown] => [name, part.capture()]);
  return { parts: Object.fromEntries(captured), pages };
}

/** The machine must have been made from the configuration of the one that the checkpoint was taken of. */
export function restoreCheckpoint(pseries: Pseries, checkpoint: Checkpoint): void {
  const { parts, linearMemory } = pseries;
  // First the parts: some of them make their place in memory anew.
  for (const [name, part] of Object.entries(parts)) part.restore(checkpoint.parts[name]);
  const bytes = new Uint8Array(linearMemory);
  for (let at = HOST_MEMORY, number = 0; at < linearMemory.byteLength; at += PAGE, number++) {
    const page = checkpoint.pages.get(number);
    if (page) bytes.set(page, at);
    else bytes.fill(0, at, at + PAGE);
  }
  pseries.forgetDerived();
}
