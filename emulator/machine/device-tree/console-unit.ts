/** The unit address of the console's virtual terminal, by which hypercalls name it. */
export const CONSOLE_UNIT = 0x7100_0000;
