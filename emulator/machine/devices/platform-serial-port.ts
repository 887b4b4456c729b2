import type { EmulatedDevice } from './device';
import { SerialPort } from './serial-port';

/** A 16550 at a place of its own, on no bus, whose interrupt line leads nowhere. */
export function platformSerialPort(
  place: Pick<EmulatedDevice, 'address' | 'size'>,
  transmit: (byte: number) => void,
): EmulatedDevice & { readonly state: object } {
  const port = new SerialPort(transmit, () => undefined);
  return {
    name: 'serial port',
    state: port.state,
    ...place,
    read: (offset, length) => port.read(offset, length),
    write: (offset, bytes) => {
      port.write(offset, bytes);
    },
  };
}
