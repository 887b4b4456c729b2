import { Source } from '@vscode/debugadapter';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import * as path from 'node:path';
import { hexadecimal } from '../../emulator/index';
import type { Frame } from '../session/call-stack';
import { isRealMode, type VcpuOfGuest } from '../session/guest';
import { scopesOf } from '../variables/scopes';
import type { Context } from './context';
import type { Request } from './request';
import { object } from './shape';

/** A thread for each vCPU. */
export const threads: Request<'threads'> = {
  shape: 'anything',
  handle: ({ launched }) => ({
    threads: (launched?.guest.target.vcpus ?? []).map(({ number }) => ({ id: number + 1, name: `vCPU ${number}` })),
  }),
};

/** One stack through the trap: who holds the access, then the guest's own frames. */
export const stackTrace: Request<'stackTrace'> = {
  shape: object({ threadId: 'integer' }, { startFrame: 'integer', levels: 'integer' }),
  needsStop: true,
  handle: (context, { threadId, startFrame = 0, levels = 0 }) => {
    const of = context.thread(threadId);
    const frames = context.framesOf(of);
    const first = Math.max(0, startFrame);
    const last = levels > 0 ? first + levels : frames.length;
    const stackFrames = frames
      .slice(first, last)
      .map((frame, index) => stackFrame(context, of, frame, context.frameId(of.vcpu.number, first + index)));
    return { stackFrames, totalFrames: frames.length };
  },
};

function stackFrame(context: Context, of: VcpuOfGuest, frame: Frame, id: number): Dap.StackFrame {
  if (frame.kind === 'level') {
    const name = `${frame.name} [${frame.level.level}]`;
    // A label cannot be selected, so it is for a frame that has nothing to show. The others stay plain: VS Code folds
    // subtle frames away.
    const isLabel = Object.keys(frame.level.values).length === 0;
    return { id, name, line: 0, column: 0, ...(isLabel ? { presentationHint: 'label' } : {}) };
  }
  return {
    id,
    name: frame.name,
    moduleId: 1,
    ...sourceFields(context, of, frame),
    instructionPointerReference: hexadecimal(frame.guest.address),
  };
}

function sourceFields(
  context: Context,
  of: VcpuOfGuest,
  { source, guest }: Frame & { kind: 'guest' },
): Pick<Dap.StackFrame, 'line' | 'column' | 'source'> {
  if (!source) {
    const generated = generatedSource(context, of, guest.address);
    return generated ? { ...generated, column: context.clientLine(1) } : { line: 0, column: 0 };
  }
  return { source: sourceOfPath(source.path), line: context.clientLine(source.line), column: context.clientLine(1) };
}
/** A text that the session makes: the disassembly of the function that an address lies in. */
export function generatedSource(
  context: Context,
  of: VcpuOfGuest,
  address: bigint,
): { readonly source: Dap.Source; readonly line: number } | undefined {
  const place = of.program.symbols.at(address, isRealMode(of.vcpu));
  if (!place) return undefined;
  return {
    source: {
      name: `${place.name} (disassembly)`,
      sourceReference: context.targets.numberOf(address - place.offset),
      origin: 'disassembled by Key31',
      presentationHint: 'deemphasize',
    },
    line: context.clientLine(Number(place.offset / 4n) + 1),
  };
}
export const sourceOfPath = (file: string): Dap.Source => new Source(path.basename(file), file);

export const scopes: Request<'scopes'> = {
  shape: object({ frameId: 'integer' }),
  needsStop: true,
  handle: (context, { frameId }) => {
    const of = context.vcpuOfFrame(frameId);
    const found = scopesOf(of, context.frame(frameId)).map(
      ({ name, command, key: own, children, indexed, hint }): Dap.Scope => {
        const key = `vcpu ${of.vcpu.number}/${own ?? (command === 'level' ? name : command)}`;
        return {
          name,
          variablesReference: context.handles.reference({ key, children, indexed }),
          expensive: false,
          ...(indexed ? { indexedVariables: indexed.count, namedVariables: children().length } : {}),
          ...(hint ? { presentationHint: hint } : {}),
        };
      },
    );
    return { scopes: found };
  },
};
