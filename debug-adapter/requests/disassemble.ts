import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { hexadecimal } from '../../emulator/index';
import { errors } from '../errors';
import { demandAddress, readAt, type AddressSpace } from '../session/addresses';
import { sourceOf } from '../session/source-position';
import { instructionText } from '../session/disassembly';
import { isLittleEndian, isRealMode, numberOf, vcpuOf, type VcpuOfGuest } from '../session/guest';
import { placeText } from '../symbols/symbol-table';
import type { Context } from './context';
import type { Request } from './request';
import { object } from './shape';
import { sourceOfPath } from './threads-and-stack';

const INSTRUCTION_BYTES = 4n;
const MAXIMUM_ROWS = 20_000;
const END = 1n << 64n;

/** Exactly as many rows as were asked for; those where nothing can be read are marked as invalid. */
export const disassemble: Request<'disassemble'> = {
  shape: object(
    { memoryReference: 'text', instructionCount: 'integer' },
    { offset: 'integer', instructionOffset: 'integer', resolveSymbols: 'boolean' },
  ),
  handle: (context, { memoryReference, offset = 0, instructionOffset = 0, instructionCount }) => {
    if (instructionCount < 0 || instructionCount > MAXIMUM_ROWS) {
      throw errors.badArgument('disassemble', 'instructionCount', `from 0 to ${MAXIMUM_ROWS}`);
    }
    const of = vcpuOf(context.requireLaunched().guest, context.focus);
    const { space, address } = demandAddress(memoryReference);
    const reference = address + BigInt(offset);
    const first = reference - (((reference % 4n) + 4n) % 4n) + BigInt(instructionOffset) * INSTRUCTION_BYTES;
    const words = wordReader(of, space);
    const rows = Array.from({ length: instructionCount }, (_, index) =>
      row(context, of, first + BigInt(index) * INSTRUCTION_BYTES, words),
    );
    return { instructions: rows };
  },
};

const PAGE = 4096n;
/** Reads whole pages at once: a client asks for hundreds of instructions that lie together. */
function wordReader(of: VcpuOfGuest, space: AddressSpace): (address: bigint) => Uint8Array | undefined {
  const pages = new Map<bigint, Uint8Array>();
  return (address) => {
    if (address < 0n || address >= END) return undefined;
    const page = address - (address % PAGE);
    const bytes = pages.get(page) ?? readAt(of, { space, address: page }, Number(PAGE));
    pages.set(page, bytes);
    const at = Number(address - page);
    return at + 4 <= bytes.length ? bytes.subarray(at, at + 4) : undefined;
  };
}

function row(
  context: Context,
  of: VcpuOfGuest,
  address: bigint,
  words: (address: bigint) => Uint8Array | undefined,
): Dap.DisassembledInstruction {
  const bytes = words(address);
  // Below address 0 rows still need addresses that grow: clients sort by them.
  const where = address < 0n ? String(address) : hexadecimal(address);
  if (!bytes) return { address: where, instruction: '(not mapped)', presentationHint: 'invalid' };
  const word = Number(numberOf(bytes, isLittleEndian(of.vcpu)));
  const place = of.program.symbols.at(address, isRealMode(of.vcpu));
  const source = sourceOf(of, address);
  const text = instructionText(of, word, address);
  return {
    address: where,
    instructionBytes: word.toString(16).padStart(8, '0'),
    // VS Code does not show the symbol by itself, so that where one begins it stands in the text too.
    instruction: place?.offset === 0n ? `${text}    # ${place.name}` : text,
    ...(place ? { symbol: placeText(place) } : {}),
    ...(source ? { location: sourceOfPath(source.path), line: context.clientLine(source.line) } : {}),
  };
}
