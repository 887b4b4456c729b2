import { errors } from '../errors';
import { setOwnRegister } from '../session/frame-registers';
import { bytesOf as numberBytes, isLittleEndian, type VcpuOfGuest } from '../session/guest';
import { bare, sizeOf } from '../symbols/dwarf/c-type';
import { typeName } from '../symbols/dwarf/type-name';
import { StackFrameState } from './frame-state';
import { addressOf, bytesOf, type CValue } from './value';
import { absenceText, shortHexadecimal } from './value-text';

/** Puts a number into a variable, wherever it is: in memory, in a register, or where a later function has kept that. */
export function setValue(of: VcpuOfGuest, value: CValue, number: bigint): void {
  checkFits(value, number);
  const address = addressOf(value);
  if (address !== undefined) return setMemory(of, value, address, number);
  const [piece, ...more] = value.location;
  if (piece?.place.kind !== 'register' || more.length > 0 || !(value.frame instanceof StackFrameState)) {
    throw errors.readOnly(typeName(value.type));
  }
  const register = piece.place.number;
  const saved = value.frame.guestFrame.registers(register);
  const bits = BigInt.asUintN(64, number);
  if (saved?.place.kind === 'memory')
    return write(of, saved.place.address, numberBytes(bits, 8, isLittleEndian(of.vcpu)));
  if (saved?.place.kind !== 'register' || value.offset !== 0 || !setOwnRegister(of, register, bits)) {
    throw errors.readOnly(typeName(value.type));
  }
}

function checkFits({ type, bitField }: CValue, number: bigint): void {
  const width = bitField?.size ?? 8 * (sizeOf(type) ?? 0);
  const isFloat = ((actual) => actual.kind === 'number' && actual.as === 'float')(bare(type));
  if (isFloat || width === 0) throw errors.readOnly(typeName(type));
  // A number counts as it was meant, signed or not.
  const fits =
    BigInt.asUintN(width, number) === number ||
    BigInt.asIntN(width, BigInt.asIntN(64, number)) === BigInt.asIntN(64, number);
  if (!fits) throw errors.badValue(shortHexadecimal(BigInt.asUintN(64, number)), `a number of ${width} bits`);
}

function setMemory(of: VcpuOfGuest, value: CValue, address: bigint, number: bigint): void {
  const { bitField } = value;
  const littleEndian = isLittleEndian(of.vcpu);
  const size = bitField ? Math.ceil((bitField.offset + bitField.size) / 8) : (sizeOf(value.type) ?? 0);
  if (!bitField) return write(of, address, numberBytes(BigInt.asUintN(8 * size, number), size, littleEndian));
  const bytes = bytesOf(value);
  if (!(bytes instanceof Uint8Array)) throw errors.badExpression(absenceText(bytes));
  const ordered = littleEndian ? [...bytes].reverse() : [...bytes];
  const before = ordered.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
  const shift = BigInt(littleEndian ? bitField.offset : 8 * size - bitField.offset - bitField.size);
  const mask = ((1n << BigInt(bitField.size)) - 1n) << shift;
  const after = (before & ~mask) | ((BigInt.asUintN(bitField.size, number) << shift) & mask);
  write(of, address, numberBytes(after, size, littleEndian));
}

function write(of: VcpuOfGuest, address: bigint, bytes: Uint8Array): void {
  if (of.target.writeMemory(of.vcpu.number, address, bytes) < bytes.length) {
    throw errors.unwritable(shortHexadecimal(address));
  }
}
