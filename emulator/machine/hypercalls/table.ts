import { hypercalls } from '../../kvm/hypercalls/table';
import { hCppr, hEoi, hIpi, hIpoll, hXirr, hXirrX } from './interrupts';
import { hCede, hConfer, hJoin, hProd, hRtas, hSetSprg0 } from './processor';
import { hLogicalCiLoad, hLogicalCiStore } from './logical-cache-inhibited';
import { hRegisterVpa } from './register-area';
import { hSetDabr, hSetMode, hSetXdabr } from './set-mode';
import { hGetTce, hPutTce, hPutTceIndirect, hStuffTce } from './translation-control';
import { hGetTermChar, hPutTermChar, hVioSignal } from './terminal';

/** What user space answers, by number. */
export const userSpaceHypercalls = new Map(
  [
    hGetTermChar,
    hPutTermChar,
    hVioSignal,
    hXirr,
    hXirrX,
    hCppr,
    hEoi,
    hIpi,
    hIpoll,
    hCede,
    hProd,
    hConfer,
    hJoin,
    hRegisterVpa,
    hSetSprg0,
    hSetMode,
    hSetDabr,
    hSetXdabr,
    hRtas,
    hGetTce,
    hPutTce,
    hPutTceIndirect,
    hStuffTce,
    hLogicalCiLoad,
    hLogicalCiStore,
  ].map((call) => [call.number, call]),
);

/** PAPR's names of all that somebody here answers, by number. */
export const hypercallNames = (): ReadonlyMap<number, string> =>
  new Map([...hypercalls, ...userSpaceHypercalls].map(([number, { name }]) => [number, name]));

/** PAPR's name of a hypercall, or undefined for one that nobody here answers. */
export const hypercallName = (number: number): string | undefined =>
  (hypercalls.get(number) ?? userSpaceHypercalls.get(number))?.name;
