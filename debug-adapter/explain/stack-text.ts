import { hexadecimal } from '../../emulator/index';
import * as path from 'node:path';
import type { Frame } from '../session/call-stack';

/** A call stack as lines of text, the trap's levels first. */
export const stackText = (frames: readonly Frame[]): string => frames.map(frameText).join('\n');

function frameText(frame: Frame): string {
  if (frame.kind === 'level') return `${frame.name}  [${frame.level.level}]`;
  const { source, name, guest } = frame;
  const line = source ? ` (${path.basename(source.path)}:${source.line})` : '';
  return `${name}  ${hexadecimal(guest.address)}${line}  [guest]`;
}
