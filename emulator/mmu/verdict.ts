/** What a translation comes to. The order is the numbers that emitted code returns. */
export const verdicts = [
  'mapped',
  /** No SLB entry for the segment: 0x380 or 0x480, whatever LPCR[VPM] says. */
  'segment-miss',
  /** The SLB entry has N = 1 and this is a fetch. */
  'segment-no-execute',
  /** Neither group holds an entry for the page. */
  'no-entry',
  /** The entry refuses: pp, N or G, or the class key in AMR or IAMR; the status says which. */
  'refused',
  /** Real mode beyond the limit of LPCR[RMLS]. */
  'beyond-real-mode-limit',
  /** The real address belongs to no memory and no device. */
  'no-such-real-address',
] as const;
export type Verdict = (typeof verdicts)[number];
export const verdictNumber = Object.fromEntries(verdicts.map((name, number) => [name, number])) as Readonly<
  Record<Verdict, number>
>;
