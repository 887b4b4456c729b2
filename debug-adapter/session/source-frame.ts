import type { SourceFrame } from './call-stack';
import type { VcpuOfGuest } from './guest';
import { positionAt } from './source-position';
import { unwind } from './unwind';

/** Its caller is asked for what it passed; nobody further out is. */
const FRAMES = 2;

/** The frame of the source that the guest stands in, or would at another address; undefined without debug information. */
export function innermostSourceFrame(of: VcpuOfGuest, address?: bigint): SourceFrame | undefined {
  const stack = unwind(of, FRAMES);
  const place = positionAt(of, address ?? of.vcpu.instructionAddress, true).places.at(-1);
  return place && { stack, index: 0, place };
}
