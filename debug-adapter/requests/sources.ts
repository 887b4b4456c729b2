/** What a session has loaded, and texts that are no file. */
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import * as path from 'node:path';
import { hexadecimal } from '../../emulator/index';
import { errors } from '../errors';
import { instructionText } from '../session/disassembly';
import { readInstruction, symbolText, type VcpuOfGuest } from '../session/guest';
import { sourceOf } from '../session/source-position';
import type { Context } from './context';
import type { Request } from './request';
import { object } from './shape';
import { generatedSource, sourceOfPath } from './threads-and-stack';

/** One module: the guest's file. */
export const modules: Request<'modules'> = {
  shape: object({}, { startModule: 'integer', moduleCount: 'integer' }),
  handle: (context, { startModule = 0, moduleCount = 0 }) => {
    const all = moduleList(context);
    const end = moduleCount > 0 ? startModule + moduleCount : undefined;
    return { modules: all.slice(Math.max(0, startModule), end), totalModules: all.length };
  },
};

export function moduleList({ launched }: Context): Dap.Module[] {
  if (!launched) return [];
  const { program } = launched.guest;
  const [segment] = program.elf.segments;
  return [
    {
      id: 1,
      name: path.basename(program.path),
      path: program.path,
      isUserCode: true,
      symbolStatus: program.elf.symbols.length > 0 ? 'Symbols loaded.' : 'The file has no symbols.',
      symbolFilePath: program.path,
      ...(segment ? { addressRange: hexadecimal(segment.virtualAddress) } : {}),
    },
  ];
}

export const loadedSources: Request<'loadedSources'> = {
  shape: 'anything',
  handle: ({ launched }) => ({ sources: (launched?.guest.program.lines.files() ?? []).map(sourceOfPath) }),
};

const MOST_INSTRUCTIONS = 2000;

/** The disassembly of a function that has no source of its own. */
export const source: Request<'source'> = {
  shape: object({ sourceReference: 'integer' }, { source: 'anything' }),
  needsStop: true,
  handle: (context, { sourceReference }) => {
    const start = context.targets.at(sourceReference);
    if (start === undefined) throw errors.badArgument('source', 'sourceReference', 'one that this session has given');
    const of = context.vcpuOfFrame(undefined);
    return { content: disassembled(of, start).join('\n'), mimeType: 'text/x-asm' };
  },
};

function disassembled(of: VcpuOfGuest, start: bigint): readonly string[] {
  const own = of.program.symbols.at(start, false)?.name;
  const lines: string[] = [];
  for (let address = start; lines.length < MOST_INSTRUCTIONS; address += 4n) {
    const word = readInstruction(of, address);
    if (word === undefined || (lines.length > 0 && of.program.symbols.at(address, false)?.name !== own)) break;
    lines.push(`${hexadecimal(address)}  ${instructionText(of, word, address)}`);
  }
  return lines;
}

/** Where the code lies that a value points to. */
export const locations: Request<'locations'> = {
  shape: object({ locationReference: 'integer' }),
  needsStop: true,
  handle: (context, { locationReference }) => {
    const address = context.targets.at(locationReference);
    if (address === undefined)
      throw errors.badArgument('locations', 'locationReference', 'one that this session has given');
    const of = context.vcpuOfFrame(undefined);
    const found = sourceOf(of, address);
    if (found)
      return { source: sourceOfPath(found.path), line: context.clientLine(found.line), column: context.clientLine(1) };
    const generated = generatedSource(context, of, address);
    if (!generated) throw errors.badExpression(`${symbolText(of, address) ?? hexadecimal(address)} has no source.`);
    return { source: generated.source, line: generated.line, column: context.clientLine(1) };
  },
};
