/** In what objdump differs from us, and why. */
import type { Values } from '../../emulator/isa/fields';
import type { Instruction } from '../../emulator/isa/instruction';

export interface Comparison {
  readonly instruction: Instruction;
  readonly values: Values;
  readonly ours: string;
  readonly theirs: string;
}
const several = (fxm: number) => (fxm & (fxm - 1)) !== 0 || fxm === 0;
const refused = ({ theirs }: Comparison) => theirs.startsWith('.long ');

/** Everything in which objdump may differ from us, and why. */
export const differences: readonly { readonly reason: string; readonly applies: (one: Comparison) => boolean }[] = [
  {
    reason: 'objdump cuts an absolute target to 32 bits, where the processor extends the sign',
    applies: ({ values, ours, theirs }) => values.aa === 1 && ours.replace('0xffffffff', '0x') === theirs,
  },
  {
    reason: 'objdump has no name for reserved values of BO',
    applies: (one) => one.values.bo !== undefined && refused(one),
  },
  {
    reason: 'objdump reads a reserved BO, where the manual has no extended mnemonic',
    applies: ({ values: { bo = 0 } }) => (bo & 16) !== 0 && (bo & 4) !== 0 && bo !== 20,
  },
  {
    reason: 'objdump refuses mtocrf and mfocrf unless FXM has one bit',
    applies: (one) => /^m[tf]ocrf$/.test(one.instruction.mnemonic) && several(one.values.fxm ?? 0) && refused(one),
  },
  {
    reason: 'objdump gives mcrxr and the opcode of mftb to other processors; the ISA has both',
    applies: (one) => /^(mcrxr|mftbu?)$/.test(one.instruction.mnemonic) && refused(one),
  },
  {
    reason: 'objdump names registers that only 32-bit and other processors have',
    applies: ({ instruction, theirs }) =>
      instruction.otherwise &&
      instruction.mnemonic.endsWith('spr') &&
      /^m[tf]([id]bat[ul]|rtc[ul]|asr|ear|ic|vtb|hmer|hmeer|pmc\d|mmcra|mmcr\d|tbu?) /.test(theirs),
  },
  {
    reason: 'objdump gives pairs of FPRs to POWER6 and POWER7 only; in 2.07 they are phased out, and there',
    applies: (one) => /^(lf|stf)dpx?$/.test(one.instruction.mnemonic) && refused(one),
  },
  {
    reason: 'reserved values of L',
    applies: (one) => (one.values.l2 ?? 0) >= 2 && refused(one),
  },
];
