/** A 16550 (National Semiconductor PC16550D, chapter 8). What it transmits is gone at once. */

const register = {
  data: 0,
  interruptEnable: 1,
  /** Read; written, it is FIFO control. */
  interruptIdentification: 2,
  lineControl: 3,
  modemControl: 4,
  lineStatus: 5,
  modemStatus: 6,
  scratch: 7,
} as const;
export const SERIAL_REGISTERS = 8;

const interruptEnable = { received: 1, transmitterEmpty: 2 } as const;
const identification = { none: 0x01, transmitterEmpty: 0x02, received: 0x04, fifosEnabled: 0xc0 } as const;
const fifoControl = { enable: 1, clearReceiver: 2 } as const;
const DIVISOR_LATCH = 0x80;
const modemControl = { dataTerminalReady: 1, requestToSend: 2, out1: 4, out2: 8, loop: 0x10 } as const;
const MODEM_CONTROL_WRITABLE = 0x1f;
/** The transmitter and its holding register are empty: always. */
const lineStatus = { dataReady: 0x01, transmitterEmpty: 0x60 } as const;
const modemStatus = { clearToSend: 0x10, dataSetReady: 0x20, ringIndicator: 0x40, carrierDetect: 0x80 } as const;
/** What the other end of the line says. */
const CONNECTED = modemStatus.clearToSend | modemStatus.dataSetReady | modemStatus.carrierDetect;

/** All that can change. */
interface SerialPortState {
  interruptEnable: number;
  lineControl: number;
  modemControl: number;
  scratch: number;
  divisorLow: number;
  divisorHigh: number;
  fifosEnabled: boolean;
  /** Bytes that have come in and not been read yet. */
  received: number[];
  /** The holding register has become empty, and nobody has asked since. */
  transmitterInterrupt: boolean;
}

export class SerialPort {
  readonly state: SerialPortState = {
    interruptEnable: 0,
    lineControl: 0,
    modemControl: modemControl.out2,
    scratch: 0,
    divisorLow: 12,
    divisorHigh: 0,
    fifosEnabled: false,
    received: [],
    transmitterInterrupt: false,
  };
  readonly #transmit: (byte: number) => void;
  readonly #interrupt: (asserted: boolean) => void;

  /** `interrupt` is told of the line after each access. */
  constructor(transmit: (byte: number) => void, interrupt: (asserted: boolean) => void) {
    this.#transmit = transmit;
    this.#interrupt = interrupt;
  }

  /** Bytes come in. */
  receive(bytes: Uint8Array): void {
    this.state.received.push(...bytes);
    this.#update();
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = Uint8Array.from({ length }, (_, i) => this.#read(offset + i));
    this.#update();
    return bytes;
  }
  write(offset: number, bytes: Uint8Array): void {
    bytes.forEach((byte, i) => {
      this.#write(offset + i, byte);
    });
    this.#update();
  }

  get #divisorIsOpen(): boolean {
    return (this.state.lineControl & DIVISOR_LATCH) !== 0;
  }
  /** What asks for an interrupt, the most urgent first (8.6). */
  get #cause(): number {
    const { interruptEnable: enabled, received, transmitterInterrupt } = this.state;
    if ((enabled & interruptEnable.received) !== 0 && received.length > 0) return identification.received;
    if ((enabled & interruptEnable.transmitterEmpty) !== 0 && transmitterInterrupt)
      return identification.transmitterEmpty;
    return identification.none;
  }
  #update(): void {
    this.#interrupt(this.#cause !== identification.none);
  }

  #read(offset: number): number {
    const { state } = this;
    switch (offset) {
      case register.data:
        return this.#divisorIsOpen ? state.divisorLow : (state.received.shift() ?? 0);
      case register.interruptEnable:
        return this.#divisorIsOpen ? state.divisorHigh : state.interruptEnable;
      case register.interruptIdentification:
        return this.#identify();
      case register.lineControl:
        return state.lineControl;
      case register.modemControl:
        return state.modemControl;
      case register.lineStatus:
        return lineStatus.transmitterEmpty | (state.received.length > 0 ? lineStatus.dataReady : 0);
      case register.modemStatus:
        return (state.modemControl & modemControl.loop) === 0 ? CONNECTED : this.#loopedModemStatus();
      case register.scratch:
        return state.scratch;
      default:
        return 0xff;
    }
  }
  /** Reading why there is an interrupt takes the transmitter's back. */
  #identify(): number {
    const cause = this.#cause;
    if (cause === identification.transmitterEmpty) this.state.transmitterInterrupt = false;
    return cause | (this.state.fifosEnabled ? identification.fifosEnabled : 0);
  }
  /** In loop mode the modem's outputs are its inputs (8.7). */
  #loopedModemStatus(): number {
    const { modemControl: control } = this.state;
    const follows = (output: number, input: number) => ((control & output) === 0 ? 0 : input);
    return (
      follows(modemControl.requestToSend, modemStatus.clearToSend) |
      follows(modemControl.dataTerminalReady, modemStatus.dataSetReady) |
      follows(modemControl.out1, modemStatus.ringIndicator) |
      follows(modemControl.out2, modemStatus.carrierDetect)
    );
  }

  #write(offset: number, byte: number): void {
    const { state } = this;
    switch (offset) {
      case register.data:
        if (this.#divisorIsOpen) state.divisorLow = byte;
        else this.#send(byte);
        break;
      case register.interruptEnable:
        if (this.#divisorIsOpen) state.divisorHigh = byte;
        else this.#enableInterrupts(byte & 0xf);
        break;
      case register.interruptIdentification:
        state.fifosEnabled = (byte & fifoControl.enable) !== 0;
        if ((byte & fifoControl.clearReceiver) !== 0) state.received = [];
        break;
      case register.lineControl:
        state.lineControl = byte;
        break;
      case register.modemControl:
        state.modemControl = byte & MODEM_CONTROL_WRITABLE;
        break;
      case register.scratch:
        state.scratch = byte;
        break;
    }
  }
  #send(byte: number): void {
    if ((this.state.modemControl & modemControl.loop) === 0) this.#transmit(byte);
    else this.state.received.push(byte);
    this.state.transmitterInterrupt = true;
  }
  #enableInterrupts(enabled: number): void {
    const newly = enabled & ~this.state.interruptEnable;
    if ((newly & interruptEnable.transmitterEmpty) !== 0) this.state.transmitterInterrupt = true;
    this.state.interruptEnable = enabled;
  }
}
