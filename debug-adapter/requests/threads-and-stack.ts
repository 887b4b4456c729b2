import { Source } from '@vscode/debugadapter';
import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import * as path from 'node:path';
import { hexadecimal } from '../../emulator/index';
import type { Frame } from '../session/call-stack';
import type { SourceLine } from '../symbols/line-table';
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
      .map((frame, index) => stackFrame(context, frame, context.frameId(of.vcpu.number, first + index)));
    return { stackFrames, totalFrames: frames.length };
  },
};

function stackFrame(context: Context, frame: Frame, id: number): Dap.StackFrame {
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
    ...sourceFields(context, frame.source),
    instructionPointerReference: hexadecimal(frame.guest.address),
  };
}

function sourceFields(
  context: Context,
  source: SourceLine | undefined,
): Pick<Dap.StackFrame, 'line' | 'column' | 'source'> {
  if (!source) return { line: 0, column: 0 };
  return { source: sourceOfPath(source.path), line: context.clientLine(source.line), column: context.clientLine(1) };
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
