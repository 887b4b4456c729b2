import type { EmulatedDevice } from './device';

/** Registers of a 16550 (National Semiconductor PC16550D), with the divisor latch closed. */
const register = {
  data: 0,
  interruptEnable: 1,
  interruptIdentification: 2,
  lineControl: 3,
  modemControl: 4,
  lineStatus: 5,
  modemStatus: 6,
  scratch: 7,
} as const;
/** Transmitter empty and its holding register empty: it is always ready. */
const READY = 0x60;
const NO_INTERRUPT = 0x01;

/** A 16550 whose transmitted bytes go to `transmit`. It receives nothing. */
export function serialPort(address: bigint, size: bigint, transmit: (byte: number) => void): EmulatedDevice {
  const written = new Uint8Array(8);
  const read = (offset: number): number => {
    switch (offset) {
      case register.data:
      case register.modemStatus:
        return 0;
      case register.interruptIdentification:
        return NO_INTERRUPT;
      case register.lineStatus:
        return READY;
      default:
        return written[offset] ?? 0xff;
    }
  };
  return {
    name: 'serial port',
    address,
    size,
    read: (offset, length) => Uint8Array.from({ length }, (_, i) => read(offset + i)),
    write(offset, bytes) {
      bytes.forEach((byte, i) => {
        if (offset + i === register.data) transmit(byte);
        else written[offset + i] = byte;
      });
    },
  };
}
