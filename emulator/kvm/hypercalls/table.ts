import { hEnter } from './h-enter';
import { hProtect } from './h-protect';
import { hRead } from './h-read';
import { hRemove } from './h-remove';

/** What KVM answers itself, in real mode, by number. The rest goes to user space. */
export const hypercalls = new Map([hRemove, hEnter, hRead, hProtect].map((call) => [call.number, call]));
