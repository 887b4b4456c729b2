/** H_SET_MODE (PAPR 14.5.4.3.5), and the older calls for the breakpoint register (14.5.4.3.2, 14.5.4.3.4). */
import { status, type HypercallResult } from '../../kvm/hypercalls/hypercall';
import { lpcr } from '../../mmu/special-register-bits';
import type { Vcpu } from '../vcpu';
import { userSpaceHypercall } from './user-space-hypercall';

/** The first of a row of codes, one a flag. Linux: H_UNSUPPORTED_FLAG_START. */
const UNSUPPORTED_FLAG = -256n;
/** CIABR[PRIV] and DAWRX[HYP]: a guest cannot break into its hypervisor. */
const ciabrPrivilege = { mask: 3n, hypervisor: 3n } as const;
const DAWRX_HYPERVISOR = 4n;

interface Values {
  readonly flags: bigint;
  readonly value1: bigint;
  readonly value2: bigint;
}
type Resource = (vcpus: readonly Vcpu[], vcpu: Vcpu, values: Values) => HypercallResult;

function changePartition(vcpus: readonly Vcpu[], mask: bigint, bits: bigint): HypercallResult {
  for (const { registers, storage } of vcpus) {
    registers.setSpecial('lpcr', (registers.special('lpcr') & ~mask) | bits);
    storage.translationChanged();
  }
  return { status: status.success };
}

/** Linux: kvmppc_h_set_mode(). */
const instructionBreakpoint: Resource = (_vcpus, { registers }, { flags, value1, value2 }) => {
  if (value2 !== 0n) return { status: status.p4 };
  if (flags !== 0n) return { status: UNSUPPORTED_FLAG };
  if ((value1 & ciabrPrivilege.mask) === ciabrPrivilege.hypervisor) return { status: status.p3 };
  registers.setSpecial('ciabr', value1);
  return { status: status.success };
};
const dataWatchpoint: Resource = (_vcpus, { registers }, { flags, value1, value2 }) => {
  if (flags !== 0n) return { status: UNSUPPORTED_FLAG };
  if ((value2 & DAWRX_HYPERVISOR) !== 0n) return { status: status.p4 };
  registers.setSpecial('dawr0', value1);
  registers.setSpecial('dawrx0', value2);
  return { status: status.success };
};
const withoutValues =
  (change: Resource): Resource =>
  (vcpus, vcpu, values) => {
    if (values.value1 !== 0n) return { status: status.p3 };
    return values.value2 === 0n ? change(vcpus, vcpu, values) : { status: status.p4 };
  };
const alternateInterruptLocation = withoutValues((vcpus, _vcpu, { flags }) =>
  flags === 0n || flags === 3n
    ? changePartition(vcpus, lpcr.mask.AIL, lpcr.encode({ AIL: flags }))
    : { status: status.parameter },
);
const byteOrder = withoutValues((vcpus, _vcpu, { flags }) =>
  flags <= 1n ? changePartition(vcpus, lpcr.mask.ILE, flags === 1n ? lpcr.mask.ILE : 0n) : { status: status.parameter },
);

const resources: Readonly<Record<string, { readonly set: Resource; readonly since: '2.06' | '2.07' }>> = {
  1: { set: instructionBreakpoint, since: '2.07' },
  2: { set: dataWatchpoint, since: '2.07' },
  3: { set: alternateInterruptLocation, since: '2.07' },
  4: { set: byteOrder, since: '2.06' },
};

export const hSetMode = userSpaceHypercall({
  name: 'H_SET_MODE',
  number: 0x31c,
  parameters: ['flags', 'resource', 'value1', 'value2'],
  run({ vcpus }, vcpu, { resource, ...values }) {
    const found = resources[String(resource)];
    if (!found || found.since > vcpu.model.isa) return { status: status.p2 };
    return found.set(vcpus, vcpu, values);
  },
});

/** DABRX: which states a breakpoint is for, and whether it ignores DABR's translation bit. */
const dabrx = { user: 1n, kernel: 2n, ignoreTranslation: 8n } as const;

/** POWER8 has no DABR: KVM puts what is asked into DAWR and DAWRX. Linux: kvmppc_h_set_dabr, kvmppc_h_set_xdabr. */
function setBreakpoint({ registers, model }: Vcpu, address: bigint, extension: bigint): HypercallResult {
  if (model.isa === '2.06') {
    registers.setSpecial('dabr', address);
    registers.setSpecial('dabrx', extension);
  } else {
    const [load, store, translation] = [address & 1n, (address >> 1n) & 1n, (address >> 2n) & 1n];
    registers.setSpecial('dawr0', address & ~7n);
    registers.setSpecial('dawrx0', (extension & 7n) | (load << 5n) | (store << 6n) | (translation << 4n));
  }
  return { status: status.success };
}

export const hSetDabr = userSpaceHypercall({
  name: 'H_SET_DABR',
  number: 0x28,
  parameters: ['dabr'],
  run: (_space, vcpu, { dabr }) => setBreakpoint(vcpu, dabr, dabrx.user | dabrx.kernel),
});

export const hSetXdabr = userSpaceHypercall({
  name: 'H_SET_XDABR',
  number: 0x134,
  parameters: ['dabr', 'dabrx'],
  run(_space, vcpu, { dabr, dabrx: extension }) {
    const states = dabrx.user | dabrx.kernel;
    const unknown = extension & ~(states | dabrx.ignoreTranslation);
    if ((extension & states) === 0n || unknown !== 0n) return { status: status.parameter };
    return setBreakpoint(vcpu, dabr, extension);
  },
});
