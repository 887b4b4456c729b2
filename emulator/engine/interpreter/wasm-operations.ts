import { MSR } from '../../isa/machine-state-register';
import type { Facility, Operations } from '../../operations/instruction-operations';
import { engineScratch, flagOffsets, gprOffset, specialOffsets } from '../../state/layout';
import type { Special } from '../../state/special-names';
import { access, i32, i64, op, type Code, type FunctionBody } from '../wasm-binary';
import { contextBits } from '../address-spaces';
import type { Home, Place, WasmSorts } from './home';
import { wasmArithmetic } from './wasm-arithmetic';
import { wasmConditionRegister } from './wasm-condition-register';
import { wasmStorage } from './wasm-storage';
import { wasmVectors } from './wasm-vector';

/** Thrown while a handler is generated: its meaning asks for what only the reference engine does. */
export class NotGenerated {
  readonly operation: string;
  constructor(operation: string) {
    this.operation = operation;
  }
}

/**
 * Registers that generated code leaves alone, as the run itself depends on them. CFAR the loop keeps in another form, so
 * that handlers that use it stand outside.
 */
const notRead: ReadonlySet<Special> = new Set(['nia']);
const notWritten: ReadonlySet<Special> = new Set(['nia', 'decrementerExpiry', 'timebaseOffset']);

const facilityBits: Readonly<Record<Facility, bigint>> = { fp: MSR.FP, vector: MSR.VEC, vsx: MSR.VSX };

type Supported = Partial<Operations<WasmSorts>>;

function registerOperations(body: FunctionBody, home: Home): Supported {
  const read = ({ address, offset }: Place): Code => body.keep('i64', address, access('i64.load', offset));
  const write = ({ address, offset }: Place, value: Code): void => {
    body.emit(address, value, access('i64.store', offset));
  };
  const special = (name: Special) => home.fixed(specialOffsets[name]);
  const numbered = (n: Code): Place => ({
    address: [...n, ...op('i32.wrap_i64'), ...i32(3), ...op('i32.shl')],
    offset: home.fixed(gprOffset).offset,
  });
  return {
    gpr: (register) => read(home.place(register)),
    setGpr: (register, value) => {
      write(home.place(register), value);
    },
    gprNumbered: (n) => read(numbered(n)),
    setGprNumbered: (n, value) => {
      write(numbered(n), value);
    },
    special(name) {
      if (notRead.has(name)) throw new NotGenerated(`special ${name}`);
      return read(special(name));
    },
    setSpecial(name, value) {
      if (notWritten.has(name)) throw new NotGenerated(`setSpecial ${name}`);
      write(special(name), value);
      // EE and RI alone are set like this, as the last thing: all else comes by returnFromInterrupt.
      if (name === 'msr') home.moved([...home.currentAddress(), ...i64(4), ...op('i64.add')]);
    },
    flag(name) {
      const { address, offset } = home.fixed(flagOffsets[name]);
      return body.keep('i32', address, access('i32.load8_u', offset));
    },
    setFlag(name, condition) {
      const { address, offset } = home.fixed(flagOffsets[name]);
      body.emit(address, condition, access('i32.store8', offset));
    },
    operand: (operand) => home.number(operand),
    currentAddress: () => home.currentAddress(),
    // Generated code runs in 64-bit mode only.
    inMode: (value) => value,
  };
}

/** Almost every refusal is left to the reference engine, which finds it again and says what it is. */
function controlOperations(body: FunctionBody, home: Home): Supported {
  const slowWhen = (condition: Code): void => {
    body.emit(condition);
    body.open('if');
    home.leaveSlow();
    body.close();
  };
  return {
    jump: (address, when) => {
      home.jump(address, when);
    },
    jumpRelative: (displacement, when) => {
      home.jumpRelative(displacement, when);
    },
    trap(when) {
      body.emit(when);
      body.open('if');
      home.leaveTrapping();
      body.close();
    },
    systemCall(level) {
      const { address, offset } = home.fixed(engineScratch.level);
      body.emit(address, i32(level), access('i32.store', offset));
      home.leaveCalling();
    },
    illegal: slowWhen,
    facilityUnavailable: slowWhen,
    // In 32-bit mode the reference engine does everything.
    inMode: (value) => value,
    alignmentInterrupt: slowWhen,
    requireFacility(facility) {
      const { address, offset } = home.fixed(specialOffsets.msr);
      slowWhen([
        ...address,
        ...access('i64.load', offset),
        ...i64(facilityBits[facility]),
        ...op('i64.and', 'i64.eqz'),
      ]);
    },
    requirePrivilege(level, when) {
      const { address, offset } = home.fixed(specialOffsets.msr);
      const bits = level === 'privileged' ? MSR.PR : MSR.PR | MSR.HV;
      const wanted = level === 'privileged' ? 0n : MSR.HV;
      const refused = [...address, ...access('i64.load', offset), ...i64(bits), ...op('i64.and'), ...i64(wanted)];
      slowWhen(when ? [...refused, ...op('i64.ne'), ...when, ...op('i32.and')] : [...refused, ...op('i64.ne')]);
    },
    returnFromInterrupt(address, msr, exception) {
      slowWhen(exception);
      const mode = MSR.SF | MSR.LE;
      const wanted = MSR.SF | (home.byteOrder === 'little' ? MSR.LE : 0n);
      slowWhen([...msr, ...i64(mode), ...op('i64.and'), ...i64(wanted), ...op('i64.ne')]);
      const bits = contextBits.map(({ bit, shift }) => [
        ...[...msr, ...i64(bit), ...op('i64.and')],
        ...i64(BigInt(bit.toString(2).length - 1) - shift),
        ...op('i64.shr_u'),
      ]);
      const index = bits.reduce((sum, one) => [...sum, ...one, ...op('i64.or')]);
      const { offset } = home.fixed(engineScratch.addressSpaces);
      const entry = [...index, ...op('i32.wrap_i64'), ...i32(3), ...op('i32.shl'), ...access('i64.load', offset)];
      const space = body.keep('i64', entry);
      slowWhen([...space, ...op('i64.eqz')]);
      const put = (at: number, value: Code) => {
        const place = home.fixed(at);
        body.emit(place.address, value, access('i64.store', place.offset));
      };
      put(specialOffsets.msr, msr);
      put(engineScratch.addressSpace, space);
      home.moved(address);
    },
    // Whoever has decoded instructions learns of each store to them: there is nothing to add.
    instructionsChanged: () => undefined,
  };
}

/** The vocabulary as code for `body`. What is not in it, now or later, throws NotGenerated. */
export function wasmOperations(body: FunctionBody, home: Home): Operations<WasmSorts> {
  const supported: Supported = {
    ...wasmArithmetic(body),
    ...wasmConditionRegister(body, home),
    ...wasmStorage(body, home),
    ...wasmVectors(body, home),
    ...registerOperations(body, home),
    ...controlOperations(body, home),
  };
  return new Proxy(supported, {
    get(target, name) {
      const operation: unknown = Reflect.get(target, name);
      return (
        operation ??
        (() => {
          throw new NotGenerated(String(name));
        })
      );
    },
  }) as Operations<WasmSorts>;
}
