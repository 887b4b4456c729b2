import type { Instruction } from '../../isa/instruction';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Handlers in the loop. Each of them costs the others registers and time, so that it is a list and no rule. */
const frequent = words(
  'b bc bclr bcctr crand cror crxor mtlr mflr mtctr mfctr isel dcbt dcbtst sync isync eieio ' +
    'lbz lbzu lbzx lbzux lhz lhzu lhzx lhzux lha lhau lhax lhaux lwz lwzu lwzx lwzux lwa lwax lwaux ld ldu ldx ldux ' +
    'stb stbu stbx stbux sth sthu sthx sthux stw stwu stwx stwux std stdu stdx stdux lwarx ldarx stwcx stdcx ' +
    'addi addis addic subfic add addc adde addme addze subf subfc subfe subfme subfze neg ' +
    'mulli mullw mulhw mulhwu mulld divd divdu divw divwu cmpi cmpli cmp cmpl ' +
    'andi andis ori oris xori xoris and andc nand or orc nor xor eqv extsb extsh extsw cntlzw cntlzd ' +
    'rlwinm rlwnm rlwimi rldicl rldicr rldic rldimi rldcl rldcr slw srw sld srd sraw srawi srad sradi',
);
/** Handlers outside the loop. What is in neither list is for the reference engine. */
const rare = words(
  'crandc creqv crnand crnor crorc mcrf mtcrf mtocrf mfcr mfocrf mfmsr lhbrx lwbrx ldbrx sthbrx stwbrx stdbrx lmw stmw ' +
    'divde divdeu mulhd mulhdu divwe divweu popcntb popcntw popcntd cmpb dcbz dcbst dcbf icbi lbarx lharx stbcx sthcx tlbsync ' +
    'mtxer mfxer mtsrr0 mfsrr0 mtsrr1 mfsrr1 mtsprg mfsprg mfdar mfdsisr mtdar mtdsisr mtvrsave mfvrsave mtppr32 mfppr32 ' +
    'sc rfid mtmsr mtmsrd mtppr mfppr mfpvr mtctrl mfcfar mtcfar mfamr mfdscr mr mfsprg3 mfpir addo addco addeo subfo subfco subfeo nego mullwo mulldo ' +
    'lvx lvxl lvebx lvehx lvewx lvsl lvsr stvx stvxl stvebx stvehx stvewx vperm vsel vor vorc vxor vand vandc vnor veqv ' +
    'vnand vspltisb vspltish vspltisw vspltb vsplth vspltw vsldoi vmrghb vmrghh vmrghw vmrglb vmrglh vmrglw vbpermq vgbbd ' +
    'vcmpequb vcmpequh vcmpequw vcmpequd vaddubm vadduhm vadduwm vaddudm vsububm vsubuhm vsubuwm vsubudm vpopcntb vpopcntd ' +
    'vslb vslh vslw vsld vsrb vsrh vsrw vsrd vsl vsr vslo vsro vclzb vclzd vpmsumb vpmsumh vpmsumw vpmsumd ' +
    'lxvd2x lxvw4x lxvdsx lxsdx stxvd2x stxvw4x stxsdx xxpermdi xxmrghw xxmrglw xxspltw xxsldwi xxsel xxlor xxlorc xxlxor ' +
    'xxland xxlandc xxlnor xxlnand xxleqv mtvsrd mfvsrd mtvsrwz mfvsrwz mtvsrwa lfd lfdx lfdu lfdux stfd stfdx stfdu stfdux ' +
    'fmr fneg fabs fnabs',
);
const traps = words('tw td twi tdi');
/** TO of the traps that compilers write: equal, not equal, always, and the bounds checks. */
const commonTraps: ReadonlySet<number> = new Set([4, 5, 8, 12, 16, 20, 24, 31]);

const opcodes = { branchConditional: 16, branch: 18 } as const;
const ABSOLUTE = 2;

/** Absolute branches are for the reference engine. */
function isOrdinaryBranch(match: number): boolean {
  const opcode = match >>> 26;
  return (opcode !== opcodes.branch && opcode !== opcodes.branchConditional) || (match & ABSOLUTE) === 0;
}
/** Without what marks the record form, and of a branch what marks the link and the absolute form. */
const plainMnemonic = (mnemonic: string): string =>
  mnemonic.startsWith('b') ? mnemonic.replace(/l?a?$/, '') : mnemonic.replace('.', '');

/** Where the handler of an instruction goes; undefined: it gets none. */
export function placementOf({ mnemonic, match }: Instruction): 'frequent' | 'rare' | undefined {
  const plain = plainMnemonic(mnemonic);
  if (traps.has(plain)) return commonTraps.has((match >>> 21) & 31) ? 'frequent' : undefined;
  if (plain.startsWith('b')) return frequent.has(plain) && isOrdinaryBranch(match) ? 'frequent' : undefined;
  if (frequent.has(plain)) return 'frequent';
  return rare.has(plain) ? 'rare' : undefined;
}
