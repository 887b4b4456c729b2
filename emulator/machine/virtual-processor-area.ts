/**
 * What a guest shares with its hypervisor about one vCPU: the virtual processor area (Linux: struct lppaca), the copy
 * of its bolted SLB entries, and the log of its dispatches (Linux: struct dtl_entry). PAPR 14.11.3.2.
 */
import type { Registers } from '../cpu/registers';
import type { GuestMemory } from './guest-memory';

/** An area that the guest has registered, by its guest physical address; or undefined. */
export type Area = { readonly address: bigint; readonly length: number } | undefined;

export interface RegisteredAreas {
  processor: Area;
  segmentShadow: Area;
  dispatchLog: Area;
  /** Dispatches logged so far. */
  dispatches: number;
}
/** What there is to tell of a vCPU. */
interface Described {
  readonly number: number;
  readonly registers: Registers;
  readonly areas: RegisteredAreas;
}
export const noAreas = (): RegisteredAreas => ({
  processor: undefined,
  segmentShadow: undefined,
  dispatchLog: undefined,
  dispatches: 0,
});

/** Places in struct lppaca. */
const processorArea = { oldStatus: 9, yieldCount: 0x100, dispatchLogIndex: 0x218 } as const;
const SHARED_PROCESSOR = 2;
const LOG_ENTRY_BYTES = 48;
export const areaLimits = { processor: 640, dispatchLogEntry: LOG_ENTRY_BYTES, shortest: 8, alignment: 128n } as const;
/** Why a vCPU was dispatched: it had waited for something. Linux: kvmppc_create_dtl_entry(). */
const DISPATCH_REASON = 7;

const wordAt = (memory: GuestMemory, address: bigint): number => {
  const bytes = memory.read(address, 4);
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
};
function write(memory: GuestMemory, address: bigint, length: number, fill: (view: DataView) => void): void {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  memory.write(address, bytes);
}

/** As a new area is made ready (Linux: init_vpa()): the vCPU shares its processor with others, and is running. */
export function prepareProcessorArea(memory: GuestMemory, address: bigint): void {
  const status = address + BigInt(processorArea.oldStatus);
  memory.write(status, Uint8Array.of((memory.read(status, 1)[0] ?? 0) | SHARED_PROCESSOR));
  write(memory, address + BigInt(processorArea.yieldCount), 4, (view) => {
    view.setUint32(0, 0);
  });
}

/** The vCPU stops or goes on running: its yield count is odd while it does not run. */
export function countYield(memory: GuestMemory, { areas }: Pick<Described, 'areas'>): void {
  if (!areas.processor) return;
  const at = areas.processor.address + BigInt(processorArea.yieldCount);
  const count = wordAt(memory, at);
  write(memory, at, 4, (view) => {
    view.setUint32(0, count + 1);
  });
}

/** Notes a dispatch of a vCPU, at this tick, in its log. */
export function logDispatch(memory: GuestMemory, { areas, registers, number }: Described, tick: bigint): void {
  const { processor, dispatchLog } = areas;
  if (!processor || !dispatchLog) return;
  const place = areas.dispatches % Math.floor(dispatchLog.length / LOG_ENTRY_BYTES);
  write(memory, dispatchLog.address + BigInt(place * LOG_ENTRY_BYTES), LOG_ENTRY_BYTES, (view) => {
    view.setUint8(0, DISPATCH_REASON);
    view.setUint16(2, number);
    view.setBigUint64(16, tick);
    view.setBigUint64(32, registers.special('nia'));
    view.setBigUint64(40, registers.special('msr'));
  });
  areas.dispatches++;
  write(memory, processor.address + BigInt(processorArea.dispatchLogIndex), 8, (view) => {
    view.setBigUint64(0, BigInt(areas.dispatches));
  });
}
