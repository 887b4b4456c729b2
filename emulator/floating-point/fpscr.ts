/** The Floating-Point Status and Control Register (Power ISA 2.07, Book I 4.2.2): its last 32 bits. */
export const FPSCR = {
  FX: 0x8000_0000,
  FEX: 0x4000_0000,
  VX: 0x2000_0000,
  OX: 0x1000_0000,
  UX: 0x0800_0000,
  ZX: 0x0400_0000,
  XX: 0x0200_0000,
  VXSNAN: 0x0100_0000,
  VXISI: 0x0080_0000,
  VXIDI: 0x0040_0000,
  VXZDZ: 0x0020_0000,
  VXIMZ: 0x0010_0000,
  VXVC: 0x0008_0000,
  FR: 0x0004_0000,
  FI: 0x0002_0000,
  /** Class and sign of the result: C, then FL, FG, FE and FU, which are called FPCC. */
  FPRF: 0x0001_f000,
  FPCC: 0x0000_f000,
  VXSOFT: 0x0000_0400,
  VXSQRT: 0x0000_0200,
  VXCVI: 0x0000_0100,
  VE: 0x80,
  OE: 0x40,
  UE: 0x20,
  ZE: 0x10,
  XE: 0x08,
  NI: 0x04,
  RN: 0x03,
} as const;

/** The invalid operation exceptions, of which VX is the summary. */
export const INVALID_OPERATIONS =
  FPSCR.VXSNAN |
  FPSCR.VXISI |
  FPSCR.VXIDI |
  FPSCR.VXZDZ |
  FPSCR.VXIMZ |
  FPSCR.VXVC |
  FPSCR.VXSOFT |
  FPSCR.VXSQRT |
  FPSCR.VXCVI;
/** The exception bits, each of which sets FX when it becomes 1. */
export const EXCEPTIONS = INVALID_OPERATIONS | FPSCR.OX | FPSCR.UX | FPSCR.ZX | FPSCR.XX;
/** How far VX, OX, UX, ZX and XX stand from VE, OE, UE, ZE and XE. */
export const EXCEPTION_TO_ENABLE = 22;
export const ENABLES = FPSCR.VE | FPSCR.OE | FPSCR.UE | FPSCR.ZE | FPSCR.XE;

export type Rounding = 'nearest-even' | 'toward-zero' | 'up' | 'down' | 'nearest-away';

/** What a result depends on beside its operands. */
export interface Environment {
  readonly rounding: Rounding;
  readonly trapsInvalid: boolean;
  readonly trapsOverflow: boolean;
  readonly trapsUnderflow: boolean;
}

const byNumber = ['nearest-even', 'toward-zero', 'up', 'down'] as const;

/** FPSCR[NI] is ignored: results are always those of IEEE 754, as on POWER7 and POWER8. */
export const environmentOf = (fpscr: number): Environment => ({
  rounding: byNumber[fpscr & FPSCR.RN]!,
  trapsInvalid: (fpscr & FPSCR.VE) !== 0,
  trapsOverflow: (fpscr & FPSCR.OE) !== 0,
  trapsUnderflow: (fpscr & FPSCR.UE) !== 0,
});

/** Round to nearest with every exception disabled: what VMX computes in, and a start for everything else. */
export const DEFAULT_ENVIRONMENT = environmentOf(0);
