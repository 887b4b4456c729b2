import { hypercalls } from '../../kvm/hypercalls/table';
import { hCede, hRtas, hSetMode } from './processor';
import { hGetTermChar, hPutTermChar } from './terminal';

/** What user space answers, by number. */
export const userSpaceHypercalls = new Map(
  [hGetTermChar, hPutTermChar, hCede, hSetMode, hRtas].map((call) => [call.number, call]),
);

/** PAPR's name of a hypercall, or undefined for one that nobody here answers. */
export const hypercallName = (number: number): string | undefined =>
  (hypercalls.get(number) ?? userSpaceHypercalls.get(number))?.name;
