/** Instructions that the encoding can hold and the Power ISA calls invalid or reserved forms; assemblers refuse them. */
import { effectsOf } from '../../emulator/isa/effects';
import { decode } from '../../emulator/isa/table';

/** The values of BO that Book I figure 21 defines, with its z bits zero and no reserved hint. */
const definedBranchOptions = new Set([0, 2, 4, 6, 7, 8, 10, 12, 14, 15, 16, 18, 20, 24, 25, 26, 27]);
const DO_NOT_DECREMENT = 4;

/** One sentence on what is wrong with the form of a word; undefined where nothing is. */
export function invalidForm(word: number): string | undefined {
  const instruction = decode(word);
  if (!instruction) return undefined;
  const { mnemonic } = instruction;
  const { bo, ra, ra0, rt, fxm, l2, first } = instruction.decode(word);
  if (bo !== undefined && !definedBranchOptions.has(bo)) return `${mnemonic}: BO = ${bo} is reserved.`;
  // The count register cannot be both counted and jumped to.
  if (bo !== undefined && mnemonic.startsWith('bcctr') && (bo & DO_NOT_DECREMENT) === 0)
    return `${mnemonic}: BO = ${bo} would decrement the count register that holds the target.`;
  if (fxm !== undefined && /^m[tf]ocrf$/.test(mnemonic) && !isPowerOfTwo(fxm))
    return `${mnemonic}: the mask ${fxm} must have exactly one bit, for one field of the CR.`;
  if (mnemonic === 'lmw' && (ra0 ?? 0) >= (first ?? 0)) return `lmw: the base r${ra0} is among the registers it loads.`;
  if (mnemonic === 'sync' && l2 === 3) return 'sync: L = 3 is reserved.';
  if (ra === undefined || !effectsOf(instruction, word).writes.has(`r${ra}`) || !isUpdate(mnemonic)) return undefined;
  if (ra === 0) return `${mnemonic}: r0 cannot be the base register that is updated.`;
  return rt === ra ? `${mnemonic}: r${ra} cannot be both loaded and updated.` : undefined;
}

const isPowerOfTwo = (value: number): boolean => value !== 0 && (value & (value - 1)) === 0;
const isUpdate = (mnemonic: string): boolean => /^(l|st)\w+ux?$/.test(mnemonic);
