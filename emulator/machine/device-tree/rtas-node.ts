/** /rtas: the tokens of the calls, and the groups of hypercalls that a guest may use (PAPR 14.5.1). */
import { hypercallName } from '../hypercalls/table';
import { rtasCalls } from '../rtas/table';
import type { DeviceTreeNode } from './flattened-device-tree';

/** A group of hypercalls, and the number of one that stands for the group. */
const hypercallGroups = [
  ['hcall-pft', 0x08],
  ['hcall-term', 0x58],
  ['hcall-dabr', 0x28],
  ['hcall-interrupt', 0x74],
  ['hcall-tce', 0x20],
  ['hcall-vio', 0x104],
  ['hcall-splpar', 0xdc],
  ['hcall-join', 0x298],
  ['hcall-bulk', 0x124],
  ['hcall-set-mode', 0x31c],
  ['hcall-sprg0', 0x24],
  ['hcall-copy', 0x2c],
  ['hcall-multi-tce', 0x138],
  ['hcall-hpt-resize', 0x36c],
] as const;

export const rtasNode = ({ base, size }: { readonly base: number; readonly size: number }): DeviceTreeNode => ({
  properties: {
    'linux,rtas-base': [base],
    'linux,rtas-entry': [base],
    'rtas-size': [size],
    'rtas-error-log-max': [2048],
    'rtas-event-scan-rate': [1],
    'ibm,extended-os-term': new Uint8Array(0),
    'ibm,max-associativity-domains': [4, 0, 0, 0, 1],
    'ibm,associativity-reference-points': [4, 4, 2],
    'ibm,hypertas-functions': hypercallGroups
      .filter(([, number]) => hypercallName(number) !== undefined)
      .map(([name]) => name),
    ...Object.fromEntries([...rtasCalls.values()].map(({ name, token }) => [name, [token]])),
  },
});
