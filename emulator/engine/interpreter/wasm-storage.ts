import type { AccessKind, Bytes, Operations } from '../../operations/instruction-operations';
import { dataTlb, HOST_MEMORY, specialOffsets, TLB_PAGE_SIZE } from '../../state/layout';
import { access, i32, i64, op, type Code, type FunctionBody } from '../wasm-binary';
import type { Home, WasmSorts } from './home';

const loads = { 1: 'i64.load8_u', 2: 'i64.load16_u', 4: 'i64.load32_u', 8: 'i64.load' } as const;
const stores = { 1: 'i64.store8', 2: 'i64.store16', 4: 'i64.store32', 8: 'i64.store' } as const;
/** A reservation covers a whole cache block. */
const RESERVATION_GRANULE = 128;

type StorageOperations = Pick<
  Operations<WasmSorts>,
  'load' | 'store' | 'probe' | 'repeat' | 'loadAndReserve' | 'storeConditional'
>;

/** Storage through the data TLB. What it does not hold, or what crosses a page, is left to others. */
export function wasmStorage(body: FunctionBody, home: Home): StorageOperations {
  const value = (...parts: Code[]) => body.keep('i64', ...parts);

  /** The i32 linear address of an access, if the TLB knows its page and it lies in that one page. */
  function translated(address: Code, lengthLess1: Code, kind: AccessKind): Code {
    const page = body.keep('i32', address, i64(12), op('i64.shr_u', 'i32.wrap_i64'));
    const mixed = [...page, ...page, ...i32(10), ...op('i32.shr_u', 'i32.xor'), ...i32(dataTlb.entries - 1)];
    const entry = body.keep('i32', mixed, op('i32.and'), i32(5), op('i32.shl'));
    const tlb = home.fixed(dataTlb.offset).offset;
    const tag = tlb + (kind === 'load' ? dataTlb.readTag : dataTlb.writeTag);
    const last = lengthLess1.length === 0 ? address : [...address, ...lengthLess1, ...op('i64.add')];
    const wanted = [...last, ...i64(-TLB_PAGE_SIZE), ...op('i64.and'), ...home.addressSpace(), ...op('i64.or')];
    body.emit(entry, access('i64.load', tag), wanted, op('i64.ne'));
    body.open('if');
    home.leaveMissing(address, kind);
    body.close();
    return body.keep('i32', entry, access('i32.load', tlb + dataTlb.addend), address, op('i32.wrap_i64', 'i32.add'));
  }
  const lastOf = (bytes: Bytes): Code => (bytes === 1 ? [] : i64(bytes - 1));

  /** By shifts and masks: the baseline compiler makes a call of every rotate. */
  function reversed(code: Code, bytes: Bytes): Code {
    if (bytes === 1) return code;
    const steps = (
      [
        [8, 0x00ff_00ff_00ff_00ffn],
        [16, 0x0000_ffff_0000_ffffn],
        [32, 0x0000_0000_ffff_ffffn],
      ] as const
    ).filter(([by]) => by < bytes * 8);
    const whole = steps.reduce<Code>((x, [by, mask]) => {
      const up = [...x, ...i64(mask), ...op('i64.and'), ...i64(by), ...op('i64.shl')];
      return value(up, x, i64(by), op('i64.shr_u'), i64(mask), op('i64.and', 'i64.or'));
    }, code);
    return whole;
  }
  const inGuestOrder = (code: Code, bytes: Bytes) => (home.byteOrder === 'little' ? code : reversed(code, bytes));

  const loadAt = (at: Code, bytes: Bytes) => inGuestOrder(value(at, access(loads[bytes])), bytes);
  const storeAt = (at: Code, bytes: Bytes, stored: Code) => {
    body.emit(at, inGuestOrder(stored, bytes), access(stores[bytes]));
  };

  const special = (name: keyof typeof specialOffsets) => home.fixed(specialOffsets[name]);
  const setSpecial = (name: keyof typeof specialOffsets, code: Code) => {
    const { address, offset } = special(name);
    body.emit(address, code, access('i64.store', offset));
  };
  const granuleOf = (at: Code) =>
    value(at, i32(HOST_MEMORY), op('i32.sub'), i32(-RESERVATION_GRANULE), op('i32.and', 'i64.extend_i32_u'));

  return {
    load: (address, bytes) => loadAt(translated(address, lastOf(bytes), 'load'), bytes),
    store: (address, bytes, stored) => {
      storeAt(translated(address, lastOf(bytes), 'store'), bytes, stored);
    },
    probe: (address, length, kind) => {
      translated(address, [...length, ...i64(1), ...op('i64.sub')], kind);
    },
    repeat(times, once) {
      const count = body.newLocal('i64');
      body.emit(i64(0));
      body.set(count);
      const done = body.open('block');
      const again = body.open('loop');
      body.emit(times, body.get(count), op('i64.eq'));
      body.branchIf(done);
      once(body.keep('i64', body.get(count)));
      body.emit(body.get(count), i64(1), op('i64.add'));
      body.set(count);
      body.branch(again);
      body.close();
      body.close();
    },
    loadAndReserve(address, bytes) {
      const at = translated(address, lastOf(bytes), 'load');
      const loaded = loadAt(at, bytes);
      setSpecial('reservationAddress', granuleOf(at));
      setSpecial('reservationBytes', i64(bytes));
      setSpecial('reservationValue', loaded);
      return loaded;
    },
    storeConditional(address, bytes, stored) {
      const at = translated(address, lastOf(bytes), 'store');
      const read = (name: 'reservationAddress' | 'reservationBytes') => {
        const { address: place, offset } = special(name);
        return [...place, ...access('i64.load', offset)];
      };
      const samePlace = [...read('reservationAddress'), ...granuleOf(at), ...op('i64.eq')];
      const stands = body.keep('i32', samePlace, read('reservationBytes'), i64(bytes), op('i64.eq', 'i32.and'));
      body.emit(stands);
      body.open('if');
      storeAt(at, bytes, stored);
      body.close();
      setSpecial('reservationAddress', i64(-1));
      return stands;
    },
  };
}
