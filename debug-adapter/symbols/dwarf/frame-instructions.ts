/** The instructions that call frame information is written in (DWARF 5, section 6.4.2). */
import { type Cursor, TruncatedError } from '../cursor';

/** How to find what a register of the caller held. */
export type RegisterRule =
  | { readonly kind: 'undefined' | 'same' }
  /** In memory, or a number, at this distance from the canonical frame address. */
  | { readonly kind: 'at-offset' | 'offset'; readonly offset: bigint }
  | { readonly kind: 'register'; readonly number: number }
  /** In memory at what the expression gives, or what it gives itself; the canonical frame address lies on the stack. */
  | { readonly kind: 'at-expression' | 'expression'; readonly bytes: Uint8Array };

export type FrameAddressRule =
  | { readonly kind: 'register'; readonly number: number; readonly offset: bigint }
  | { readonly kind: 'expression'; readonly bytes: Uint8Array };

/** What the instructions scale their operands by. */
export interface Alignment {
  readonly codeAlignment: bigint;
  readonly dataAlignment: bigint;
  readonly addressSize: number;
}

export interface Rules {
  frameAddress: FrameAddressRule | undefined;
  registers: Map<number, RegisterRule>;
}

/** Runs up to the row that holds at an address. `initial` is what the common information said. */
export function runInstructions(
  cursor: Cursor,
  common: Alignment,
  rules: Rules,
  initial: Rules | undefined,
  start: bigint,
  address: bigint,
): void {
  const saved: Rules[] = [];
  let location = start;
  const scaled = (factored: bigint): bigint => factored * common.dataAlignment;
  const set = (number: number, rule: RegisterRule): void => {
    rules.registers.set(number, rule);
  };
  const restore = (number: number): void => {
    const rule = initial?.registers.get(number);
    if (rule) set(number, rule);
    else rules.registers.delete(number);
  };
  const frameRegister = (change: { number?: number; offset?: bigint }): void => {
    const now = rules.frameAddress?.kind === 'register' ? rules.frameAddress : { number: 0, offset: 0n };
    rules.frameAddress = { kind: 'register', number: now.number, offset: now.offset, ...change };
  };
  const advance = (units: bigint): boolean => {
    location += units * common.codeAlignment;
    return location > address;
  };
  while (!cursor.atEnd) {
    const code = cursor.u8();
    const low = code & 0x3f;
    switch (code & 0xc0 || code) {
      case 0x40: // advance_loc
        if (advance(BigInt(low))) return;
        break;
      case 0x80: // offset
        set(low, { kind: 'at-offset', offset: scaled(cursor.unsignedLeb()) });
        break;
      case 0xc0: // restore
        restore(low);
        break;
      case 0x00: // nop
        break;
      case 0x01: // set_loc
        location = cursor.unsigned(common.addressSize);
        if (location > address) return;
        break;
      case 0x02: // advance_loc1
      case 0x03: // advance_loc2
      case 0x04: // advance_loc4
        if (advance(cursor.unsigned(1 << (code - 2)))) return;
        break;
      case 0x05: // offset_extended
        set(cursor.count(), { kind: 'at-offset', offset: scaled(cursor.unsignedLeb()) });
        break;
      case 0x06: // restore_extended
        restore(cursor.count());
        break;
      case 0x07: // undefined
        set(cursor.count(), { kind: 'undefined' });
        break;
      case 0x08: // same_value
        set(cursor.count(), { kind: 'same' });
        break;
      case 0x09: // register
        set(cursor.count(), { kind: 'register', number: cursor.count() });
        break;
      case 0x0a: // remember_state
        saved.push({ frameAddress: rules.frameAddress, registers: new Map(rules.registers) });
        break;
      case 0x0b: {
        // restore_state
        const before = saved.pop();
        if (!before) throw new TruncatedError();
        rules.registers = before.registers;
        rules.frameAddress = before.frameAddress;
        break;
      }
      case 0x0c: // def_cfa
        frameRegister({ number: cursor.count(), offset: cursor.unsignedLeb() });
        break;
      case 0x0d: // def_cfa_register
        frameRegister({ number: cursor.count() });
        break;
      case 0x0e: // def_cfa_offset
        frameRegister({ offset: cursor.unsignedLeb() });
        break;
      case 0x0f: // def_cfa_expression
        rules.frameAddress = { kind: 'expression', bytes: cursor.take(cursor.count()) };
        break;
      case 0x10: // expression
        set(cursor.count(), { kind: 'at-expression', bytes: cursor.take(cursor.count()) });
        break;
      case 0x11: // offset_extended_sf
        set(cursor.count(), { kind: 'at-offset', offset: scaled(cursor.signedLeb()) });
        break;
      case 0x12: // def_cfa_sf
        frameRegister({ number: cursor.count(), offset: scaled(cursor.signedLeb()) });
        break;
      case 0x13: // def_cfa_offset_sf
        frameRegister({ offset: scaled(cursor.signedLeb()) });
        break;
      case 0x14: // val_offset
        set(cursor.count(), { kind: 'offset', offset: scaled(cursor.unsignedLeb()) });
        break;
      case 0x15: // val_offset_sf
        set(cursor.count(), { kind: 'offset', offset: scaled(cursor.signedLeb()) });
        break;
      case 0x16: // val_expression
        set(cursor.count(), { kind: 'expression', bytes: cursor.take(cursor.count()) });
        break;
      case 0x2e: // GNU_args_size
        cursor.skipLeb();
        break;
      case 0x2f: // GNU_negative_offset_extended
        set(cursor.count(), { kind: 'at-offset', offset: -scaled(cursor.unsignedLeb()) });
        break;
      default:
        throw new TruncatedError();
    }
  }
}
