import type { Instruction } from '../../isa/instruction';
import { instructions } from '../../isa/table';
import { handlerTable } from './handler-table';
import { prebuilt } from './prebuilt';
import { handlers } from './reasons';

/** The number of the handler for an instruction; handlers.slow if it has none. */
export type NumberOf = (instruction: Instruction, near: boolean) => number;

/** By the table, or as the build has written it down. */
export function handlerNumbers(): NumberOf {
  if (!prebuilt) {
    const table = handlerTable();
    return (instruction, near) => table.numberOf(instruction, near);
  }
  const { numbers } = prebuilt;
  const known = new Map(instructions.map((one, i) => [one, numbers[i]]));
  return (instruction, near) => known.get(instruction)?.[near ? 'near' : 'far'] ?? handlers.slow;
}
