import { hClearModified, hClearReferenced } from './h-clear';
import { hEnter } from './h-enter';
import { hPageInit } from './h-page-init';
import { hProtect } from './h-protect';
import { hRead } from './h-read';
import { hBulkRemove, hRemove } from './h-remove';

/** What KVM answers itself, in real mode, by number. The rest goes to user space. */
export const hypercalls = new Map(
  [hRemove, hEnter, hRead, hClearModified, hClearReferenced, hProtect, hPageInit, hBulkRemove].map((call) => [
    call.number,
    call,
  ]),
);
