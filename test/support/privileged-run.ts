/** The monitor's pieces on our machine and on QEMU's. */
import { createMachine, defaultConfiguration, type MachineConfiguration } from '../../emulator/index';
import { buildElf } from './adapter-elf-builder';
import { monitorImage, remaining, readRecords, type Found, type Piece } from './privileged-monitor';
import { runImageOnQemu } from './qemu-pseries';

/** QEMU's pseries has none of 16 MiB unless told to. */
const everyPageSize = ['-machine', 'cap-hpt-max-page-size=16M'];
/** The monitor needs about 2,000 for a piece. */
const MOST_INSTRUCTIONS = 5000;
const SETTING_UP = 100_000;

const piecesLeft = (bytes: Uint8Array): bigint => Buffer.from(bytes).readBigUInt64BE();

export function runOurs(pieces: readonly Piece[], cpu: MachineConfiguration['cpu']): Found[] {
  const segment = { virtualAddress: 0n, bytes: monitorImage(pieces) };
  const program = buildElf({ entry: 0x100n, segments: [segment] });
  const machine = createMachine({ ...defaultConfiguration, program, cpu });
  const written: Uint8Array[] = [];
  const outcome = machine.run(SETTING_UP + MOST_INSTRUCTIONS * pieces.length, {
    breakpoints: new Set(),
    events: new Set(),
    event: () => false,
    console: (bytes) => {
      written.push(bytes);
    },
  });
  if (outcome.kind !== 'powered-off')
    throw new Error(
      `the monitor did not end: ${outcome.kind}, ${piecesLeft(machine.readGuestPhysical(...remaining))} pieces left`,
    );
  return readRecords(Buffer.concat(written));
}

export const runQemu = async (pieces: readonly Piece[], cpu: MachineConfiguration['cpu']): Promise<Found[]> =>
  readRecords(await runImageOnQemu(monitorImage(pieces), { cpu, options: everyPageSize }));
