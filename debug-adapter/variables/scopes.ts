import type { Frame } from '../session/call-stack';
import type { VcpuOfGuest } from '../session/guest';
import { faultValues } from './fault';
import { hexadecimal } from './format';
import { memorySlotValues } from './memory-slots';
import { mmioExitValues } from './mmio-exit';
import { mmuValues } from './mmu';
import { named, type NamedValue } from './named-value';
import { pageTableEntries, pageTableSummary } from './page-table';
import { registerValues } from './registers';
import type { ScopeValues } from './scope-values';
import { sourceScopes } from './source-variables';

/** The scopes of a frame, what the stop is about first. */
export function scopesOf(of: VcpuOfGuest, frame?: Frame): readonly ScopeValues[] {
  const { pendingExit, fault } = of.vcpu;
  const { variables, globals } = sourceScopes(of, frame);
  return [
    ...(frame?.kind === 'level' ? [levelScope(frame)] : []),
    ...(pendingExit ? [{ name: 'Pending MMIO exit', command: 'exit', children: () => exitOf(of) }] : []),
    ...variables,
    { name: 'Memory slots', command: 'slots', children: () => memorySlotValues(of) },
    ...(fault ? [{ name: 'Fault', command: 'fault', children: () => faultValues(of, fault) }] : []),
    {
      name: 'Hashed page table',
      command: 'hpt',
      children: () => pageTableSummary(of),
      indexed: pageTableEntries(of),
    },
    { name: 'MMU', command: 'mmu', children: () => mmuValues(of) },
    { name: 'Registers', command: 'registers', children: () => registerValues(of), hint: 'registers' },
    ...globals,
  ];
}

/** Read anew each time: the value of a load may have been supplied since. */
const exitOf = (of: VcpuOfGuest): readonly NamedValue[] =>
  of.vcpu.pendingExit ? mmioExitValues(of, of.vcpu.pendingExit) : [];

const levelScope = ({ name, level }: Extract<Frame, { kind: 'level' }>): ScopeValues => ({
  name: `Held by ${name}`,
  command: 'level',
  children: () =>
    Object.entries(level.values).map(([key, value]) =>
      named(key, typeof value === 'bigint' ? hexadecimal(value) : String(value)),
    ),
});
