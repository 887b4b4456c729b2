/** Message interrupts of devices on the PCI bus (PAPR 7.3.10.5): firmware allocates them and writes the messages. */
import { functionOf } from './pci-configuration';
import { rtasCall, rtasStatus, wrongParameter, type RtasResult } from './rtas-call';

/** What a change is about: messages of either kind, MSI, or MSI-X. Devices here have MSI-X alone. */
const change = { any: 1, msi: 3, msix: 4 } as const;
const MSIX = 2;
const EDGE_TRIGGERED = 1;

const failed: RtasResult = { status: rtasStatus.hardwareError };

/** Gives a function as many messages as it asks for and has, or with 0 takes them back. */
export const changeMsi = rtasCall({
  name: 'ibm,change-msi',
  token: 0x2019,
  parameters: ['address', 'unitHigh', 'unitLow', 'function', 'requested', 'sequence'],
  run({ pci }, _vcpu, args) {
    const found = functionOf(pci, args);
    const isKnown = Object.values<number>(change).includes(args.function);
    if (!pci || !found || !isKnown) return wrongParameter;
    if (args.requested === 0) {
      if (!found.state.messageSources) return failed;
      found.state.messageSources = undefined;
      return { status: rtasStatus.success, results: [0, args.sequence + 1] };
    }
    const vectors = found.messages?.vectors.length ?? 0;
    if (vectors === 0 || args.function !== change.msix) return wrongParameter;
    const given = pci.allocateMessages(found, Math.min(args.requested, vectors));
    if (!given) return failed;
    return { status: rtasStatus.success, results: [given.count, args.sequence + 1, MSIX] };
  },
});

export const queryInterruptSourceNumber = rtasCall({
  name: 'ibm,query-interrupt-source-number',
  token: 0x2018,
  parameters: ['address', 'unitHigh', 'unitLow', 'vector'],
  run({ pci }, _vcpu, args) {
    const sources = functionOf(pci, args)?.state.messageSources;
    if (!sources || args.vector >= sources.count) return failed;
    return { status: rtasStatus.success, results: [sources.first + args.vector, EDGE_TRIGGERED] };
  },
});
