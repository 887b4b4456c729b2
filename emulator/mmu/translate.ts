/**
 * From an effective address to a real one, written once (Power ISA 2.07, Book III-S 5.7). Engines run it emitted as
 * WebAssembly; the debugger runs it explained. `access` is an ordinary constant, so that load, store and fetch become
 * three functions of one text.
 */
import type { AlgorithmOperations, NamedMask, Refuse } from '../operations/algorithm-operations';
import type { Sorts } from '../operations/arithmetic';
import {
  codePages,
  dataTlb,
  engineScratch,
  fetchTlb,
  HOST_MEMORY,
  hostMemorySize,
  NO_PAGE,
  pageShifts,
  slb,
  TLB_PAGE_SIZE,
  translationResults,
} from '../state/layout';
import { ENTRIES_IN_GROUP, hpteFirst, hpteSecond, pageProtection } from './hashed-page-table-entry';
import { realModeLimit, dsisr, instructionStorage, lpcr, msr, VRMASD_SHIFT } from './special-register-bits';
import { slbEsidWord, slbVsidWord, VRMA_VSID_WORD } from './segment';
import type { Access } from './storage-fault';
import { verdictNumber } from './verdict';

type Op<S extends Sorts> = AlgorithmOperations<S>;

const LARGE = hpteFirst.mask.large;
const SECONDARY = hpteFirst.mask.secondaryHash;
const VALID = hpteFirst.mask.valid;
const TERABYTE = 1n << 62n;
/** In real mode the top four bits of an effective address are ignored (Book III-S 5.7.3). */
const REAL_MODE_ADDRESS = (1n << 60n) - 1n;
const SMALL_SEGMENT = 28;
const LARGE_SEGMENT = 40;

/** The parts of an HPTE's first doubleword that must agree, in the order in which a refusal names them. */
const comparedParts: readonly NamedMask[] = [
  ['V', VALID],
  ['H', SECONDARY],
  ['B', hpteFirst.mask.segmentSize],
  ['AVPN', hpteFirst.mask.abbreviatedPage],
  ['L', LARGE],
];

/** Two bits, write and read, for each of pp 0 to 7 under key 0, then under key 1. */
const rightsTable = ([0, 1] as const)
  .flatMap((key) => Array.from({ length: 8 }, (_, pp) => pageProtection(key, BigInt(pp))))
  .reduce(
    (word, rights, cell) => word | (({ none: 0n, read: 1n, 'read-write': 3n } as const)[rights] << BigInt(2 * cell)),
    0n,
  );

function refuse<S extends Sorts>(op: Op<S>, verdict: keyof typeof verdictNumber, status: S['value']): undefined {
  op.store(op.stateAddress(translationResults.status), 8, op.note('status', status));
  op.finish(verdictNumber[verdict]);
  return undefined;
}
const isStore = (access: Access): bigint => (access === 'store' ? dsisr.mask.ISSTORE : 0n);
const protectionStatus = (access: Access): bigint =>
  access === 'fetch' ? instructionStorage.mask.PROT : dsisr.mask.PROTFAULT | isStore(access);

/** The SLB entry that covers `ea`, as its place in the vCPU's state (Book III-S 5.7.6). */
function findSegment<S extends Sorts>(op: Op<S>, ea: S['value'], access: Access): S['value'] {
  return op.first(
    'slb',
    slb.entries,
    (index, refuseEntry) => {
      const at = op.add(op.stateAddress(slb.offset), op.shiftLeft(index, op.constant(4)));
      const esid = op.load(op.add(at, op.constant(slb.esid)), 8);
      refuseEntry(op.not(op.any(esid, slbEsidWord.mask.valid)), 'V');
      const terabyte = op.any(op.load(op.add(at, op.constant(slb.vsid)), 8), TERABYTE);
      const shift = op.select(terabyte, op.constant(LARGE_SEGMENT), op.constant(SMALL_SEGMENT));
      refuseEntry(op.not(op.equal(op.shiftRight(esid, shift), op.shiftRight(ea, shift))), 'ESID');
      op.note('slb_e', esid);
      return at;
    },
    () => refuse(op, 'segment-miss', op.constant(isStore(access))),
  );
}

/** Which entries a search takes: the hardware's sees valid ones, KVM's also those that it made absent. */
type Takes = 'valid' | 'valid or absent';

interface VirtualPage<S extends Sorts> {
  readonly baseShift: S['value'];
  readonly hash: S['value'];
  readonly hashMask: S['value'];
  /** What an entry of the first or second group must show under `compared`. */
  expected(group: S['value']): S['value'];
  readonly compared: S['value'];
}

/** The virtual page behind `ea`, its hash, and the pattern of its HPTE (Book III-S 5.7.7.3). */
function virtualPage<S extends Sorts>(op: Op<S>, ea: S['value'], vsidWord: S['value'], takes: Takes): VirtualPage<S> {
  const valid = takes === 'valid' ? VALID : 0n;
  const terabyte = op.any(vsidWord, TERABYTE);
  const offsetMask = op.select(terabyte, op.constant((1n << 40n) - 1n), op.constant((1n << 28n) - 1n));
  const offset = op.and(ea, offsetMask);
  const vsidShift = op.select(terabyte, op.constant(24), op.constant(12));
  const vsid = op.note('vsid', op.shiftRight(op.and(vsidWord, op.constant(~(3n << 62n))), vsidShift));
  const mixed = op.select(terabyte, op.xor(vsid, op.shiftLeft(vsid, op.constant(25))), vsid);

  const large = op.any(vsidWord, slbVsidWord.mask.large);
  const largeShift = op.select(op.any(vsidWord, 0x10n), op.constant(16), op.constant(24));
  const hugeShift = op.select(op.any(vsidWord, 0x20n), op.constant(34), largeShift);
  const baseShift = op.note('base page shift', op.select(large, hugeShift, op.constant(12)));

  // SDR1[HTABSIZE] bits of the hash beyond the least eleven choose the group (5.7.7.2).
  const sizeBits = op.add(op.and(op.special('sdr1'), op.constant(0x1f)), op.constant(11));
  const hashMask = op.subtract(op.shiftLeft(op.constant(1), sizeBits), op.constant(1));
  const hash = op.note('hash', op.and(op.xor(mixed, op.shiftRight(offset, baseShift)), hashMask));

  const vsidPart = op.select(terabyte, op.constant(~((1n << 24n) - 1n)), op.constant(~((1n << 12n) - 1n)));
  // The AVPN has no room for the low bits of a page number that the hash covers: 7 at least, more for large pages.
  const uncompared = op.select(
    op.lessUnsigned(baseShift, op.constant(24)),
    op.constant(0x7f),
    op.subtract(op.shiftLeft(op.constant(1), op.subtract(baseShift, op.constant(16))), op.constant(1)),
  );
  const whole = op.or(op.and(vsidWord, vsidPart), op.shiftRight(offset, op.constant(16)));
  const avpn = op.note('avpn', op.and(whole, op.xor(uncompared, op.constant(-1))));
  const size = op.select(large, op.constant(LARGE), op.constant(0));
  return {
    baseShift,
    hash,
    hashMask,
    expected: (group) => op.or(op.or(avpn, size), op.or(op.shiftLeft(group, op.constant(1)), op.constant(valid))),
    // With L = 0 in the segment, an entry of a 4 KiB segment may still be a larger page: L is not compared.
    compared: op.or(op.constant(hpteFirst.mask.segmentSize | hpteFirst.mask.abbreviatedPage | SECONDARY | valid), size),
  };
}

/** The HPTE of a page, as its place in linear memory: eight entries of the primary group, then of the secondary. */
function findEntry<S extends Sorts>(op: Op<S>, page: VirtualPage<S>, access: Access, takes: Takes): S['value'] {
  const table = op.add(op.and(op.special('sdr1'), op.constant(0x0fff_ffff_fffc_0000n)), op.constant(HOST_MEMORY));
  return op.first(
    'group',
    2,
    (which, refuseGroup) => {
      const flipped = op.xor(page.hash, op.subtract(op.constant(0), which));
      const group = op.note('group', op.and(flipped, page.hashMask));
      const wanted = op.wanted(page.expected(which), page.compared);
      const start = op.add(table, op.shiftLeft(group, op.constant(7)));
      const accept = (index: S['value'], refuseSlot: Refuse<S['condition']>) => {
        const at = op.add(start, op.shiftLeft(index, op.constant(4)));
        const first = op.demand(at, wanted, comparedParts, refuseSlot);
        if (takes === 'valid or absent') refuseSlot(op.not(op.any(first, VALID | hpteFirst.mask.absent)), 'V');
        const second = op.note('hpte_r', op.loadBigEndian(op.add(at, op.constant(8))));
        const shift = shiftFrom(op, pageShifts.base, first, second);
        refuseSlot(op.not(op.equal(shift, page.baseShift)), 'base page size');
        return at;
      };
      return op.first('slot', ENTRIES_IN_GROUP, accept, () => {
        refuseGroup(true, 'no entry');
        return undefined;
      });
    },
    () =>
      refuse(
        op,
        'no-entry',
        op.constant(access === 'fetch' ? instructionStorage.mask.NOPT : dsisr.mask.NOHPTE | isStore(access)),
      ),
  );
}

/** log2 of a page size, by an HPTE and one of the two tables of LP encodings. */
function shiftFrom<S extends Sorts>(op: Op<S>, table: number, first: S['value'], second: S['value']): S['value'] {
  const encoding = op.and(op.shiftRight(second, op.constant(12)), op.constant(0xff));
  return op.select(op.any(first, LARGE), op.load(op.add(op.constant(table), encoding), 1), op.constant(12));
}

interface Permission<S extends Sorts> {
  /** Status bits of all that refuses; zero when nothing does. */
  readonly status: S['value'];
  readonly readable: S['condition'];
  readonly writable: S['condition'];
}

/** Page protection, no-execute and guarded, and the class key (Book III-S 5.7.9). */
function permission<S extends Sorts>(
  op: Op<S>,
  access: Access,
  relocated: S['condition'],
  vsidWord: S['value'],
  second: S['value'],
): Permission<S> {
  const bit = (mask: bigint) => op.select(op.any(vsidWord, mask), op.constant(1), op.constant(0));
  const problem = op.any(op.special('msr'), msr.mask.PR);
  const storageKey = op.note('storage key', op.select(problem, bit(slbVsidWord.mask.kp), bit(slbVsidWord.mask.ks)));
  const highProtection = op.shiftRight(op.and(second, op.constant(1n << 63n)), op.constant(61));
  const pp = op.note('pp', op.or(op.and(second, op.constant(3)), highProtection));
  const cell = op.shiftLeft(op.or(pp, op.shiftLeft(storageKey, op.constant(3))), op.constant(1));
  const rights = op.note('rights', op.and(op.shiftRight(op.constant(rightsTable), cell), op.constant(3)));

  const highKey = op.and(op.shiftRight(second, op.constant(57)), op.constant(0x18));
  const classKey = op.note('class key', op.or(highKey, op.and(op.shiftRight(second, op.constant(9)), op.constant(7))));
  const keyRegister = op.note(access === 'fetch' ? 'iamr' : 'amr', op.special(access === 'fetch' ? 'iamr' : 'amr'));
  const position = op.subtract(op.constant(62), op.shiftLeft(classKey, op.constant(1)));
  const field = op.and(op.shiftRight(keyRegister, position), op.constant(3));
  // Keys do not apply with translation off (Linux: kvmppc_hpte_hv_fault() checks MSR[DR]).
  const barred = op.note('barred', op.select(relocated, field, op.constant(0)));

  const need = access === 'store' ? 2n : 1n;
  const when = (condition: S['condition'], status: bigint) => op.select(condition, op.constant(status), op.constant(0));
  const byProtection = when(
    op.not(op.any(rights, need)),
    access === 'fetch' ? instructionStorage.mask.PROT : dsisr.mask.PROTFAULT,
  );
  const byKey = when(op.any(barred, need), dsisr.mask.KEYFAULT);
  const noExecute = op.any(second, hpteSecond.mask.noExecute | 8n);
  const status =
    access === 'fetch'
      ? op.or(op.select(noExecute, op.constant(instructionStorage.mask.N_G_OR_CIP), byProtection), byKey)
      : op.or(byProtection, byKey);
  const allowed = op.and(rights, op.xor(barred, op.constant(-1)));
  return { status, readable: op.any(allowed, 1n), writable: op.any(allowed, 2n) };
}

/** Records R, and C for a store, in the entry (Book III-S 5.7.8). */
function recordUse<S extends Sorts>(op: Op<S>, access: Access, entry: S['value'], second: S['value']): void {
  const set = (byte: number, ones: number) => {
    const at = op.add(entry, op.constant(byte));
    op.store(at, 1, op.or(op.load(at, 1), op.constant(ones)));
  };
  op.when(op.not(op.any(second, hpteSecond.mask.referenced)), () => {
    set(14, 0x01);
  });
  if (access === 'store')
    op.when(op.not(op.any(second, hpteSecond.mask.changed)), () => {
      set(15, 0x80);
    });
}

/** Leaves the real address for the caller, and in a software TLB if it is memory. Devices are never in a TLB. */
function arrive<S extends Sorts>(
  op: Op<S>,
  access: Access,
  ea: S['value'],
  realAddress: S['value'],
  readable: S['condition'],
  writable: S['condition'],
): void {
  op.store(op.stateAddress(translationResults.realAddress), 8, op.note('real address', realAddress));
  const isMemory = op.lessUnsigned(realAddress, op.load(op.constant(hostMemorySize), 8));
  op.finishIf(op.not(isMemory), verdictNumber.mapped);
  const space = op.load(op.stateAddress(engineScratch.addressSpace), 8);
  const page = op.or(op.and(ea, op.constant(-TLB_PAGE_SIZE)), space);
  const pageNumber = op.shiftRight(ea, op.constant(12));
  const addend = op.subtract(op.add(realAddress, op.constant(HOST_MEMORY)), ea);
  if (access === 'fetch') {
    const slot = op.shiftLeft(op.and(pageNumber, op.constant(fetchTlb.entries - 1)), op.constant(4));
    const at = op.add(op.stateAddress(fetchTlb.offset), slot);
    op.store(op.add(at, op.constant(fetchTlb.tag)), 8, page);
    op.store(op.add(at, op.constant(fetchTlb.addend)), 8, addend);
  } else {
    const mixed = op.xor(pageNumber, op.shiftRight(pageNumber, op.constant(10)));
    const slot = op.shiftLeft(op.and(mixed, op.constant(dataTlb.entries - 1)), op.constant(5));
    const at = op.add(op.stateAddress(dataTlb.offset), slot);
    // A class key may let an access of one kind through and bar the other.
    const tag = (allowed: S['condition']) => op.select(allowed, page, op.constant(NO_PAGE));
    // A store to instructions must be noticed by who has decoded them, and any access to a watched page by who watches.
    const code = op.load(op.add(op.constant(codePages.base), op.shiftRight(realAddress, op.constant(12))), 1);
    const unwatched = op.not(op.any(code, BigInt(codePages.loads)));
    op.store(op.add(at, op.constant(dataTlb.readTag)), 8, tag(op.both(readable, unwatched)));
    op.store(op.add(at, op.constant(dataTlb.writeTag)), 8, tag(op.both(writable, op.not(op.any(code, -1n)))));
    op.store(op.add(at, op.constant(dataTlb.addend)), 8, addend);
  }
  op.finish(verdictNumber.mapped);
}

/** Real mode without a page table: the hypervisor's own, or a guest's offset by RMOR within RMLS (5.7.3). */
function realMode<S extends Sorts>(op: Op<S>, ea: S['value'], access: Access, hypervisor: S['condition']): undefined {
  const address = op.and(ea, op.constant(REAL_MODE_ADDRESS));
  const always = op.equal(address, address);
  op.when(hypervisor, () => {
    arrive(op, access, ea, address, always, always);
  });
  const selector = op.and(op.shiftRight(op.special('lpcr'), op.constant(26)), op.constant(0xf));
  const limit = [...Array(16).keys()].reduce<S['value']>((otherwise, value) => {
    const bytes = realModeLimit(BigInt(value));
    if (bytes === undefined) return otherwise;
    return op.select(op.equal(selector, op.constant(value)), op.constant(bytes), otherwise);
  }, op.constant(0));
  op.note('real mode limit', limit);
  op.when(op.not(op.lessUnsigned(address, limit)), () => {
    refuse(op, 'beyond-real-mode-limit', op.constant(protectionStatus(access)));
  });
  arrive(op, access, ea, op.or(address, op.special('rmor')), always, always);
  return undefined;
}

/** The segment that a guest in real mode is lent, with the page size of LPCR[VRMASD]. */
function virtualRealSegment<S extends Sorts>(op: Op<S>, partition: S['value']): S['value'] {
  const pageSize = op.shiftRight(op.and(partition, op.constant(lpcr.mask.VRMASD)), op.constant(VRMASD_SHIFT));
  return op.or(op.constant(VRMA_VSID_WORD), pageSize);
}

/** The hypervisor's own search for the entry behind an access (Linux: kvmppc_hv_find_lock_hpte()). Changes no entry. */
export function searchForHypervisor<S extends Sorts>(op: AlgorithmOperations<S>, ea: S['value'], access: Access): void {
  const relocated = op.any(op.special('msr'), access === 'fetch' ? msr.mask.IR : msr.mask.DR);
  const vsidWord = op.choose(
    relocated,
    () => op.load(op.add(findSegment(op, ea, access), op.constant(slb.vsid)), 8),
    () => virtualRealSegment(op, op.special('lpcr')),
  );
  op.store(op.stateAddress(translationResults.vsidWord), 8, vsidWord);
  const page = virtualPage(op, ea, vsidWord, 'valid or absent');
  op.store(op.stateAddress(translationResults.entryAddress), 8, findEntry(op, page, access, 'valid or absent'));
  op.finish(verdictNumber.mapped);
}

export function translate<S extends Sorts>(op: AlgorithmOperations<S>, ea: S['value'], access: Access): void {
  const state = op.note('msr', op.special('msr'));
  const partition = op.note('lpcr', op.special('lpcr'));
  op.store(op.stateAddress(translationResults.entryAddress), 8, op.constant(0));
  const relocated = op.any(state, access === 'fetch' ? msr.mask.IR : msr.mask.DR);
  const hypervisor = op.any(state, msr.mask.HV);
  const virtualRealMode = op.both(op.not(hypervisor), op.any(partition, lpcr.mask.VPM0));

  const vsidWord = op.choose(
    relocated,
    () => {
      const segment = op.note('segment', findSegment(op, ea, access));
      return op.load(op.add(segment, op.constant(slb.vsid)), 8);
    },
    () => {
      op.when(op.not(virtualRealMode), () => realMode(op, ea, access, hypervisor));
      const beyond = op.any(ea, REAL_MODE_ADDRESS & ~((1n << 40n) - 1n));
      op.when(beyond, () => {
        refuse(op, 'beyond-real-mode-limit', op.constant(protectionStatus(access)));
      });
      return virtualRealSegment(op, partition);
    },
  );
  op.note('slb_v', vsidWord);
  if (access === 'fetch')
    op.when(op.any(vsidWord, slbVsidWord.mask.noExecute), () => {
      refuse(op, 'segment-no-execute', op.constant(instructionStorage.mask.N_G_OR_CIP));
    });

  const entry = op.note('entry', findEntry(op, virtualPage(op, ea, vsidWord, 'valid'), access, 'valid'));
  op.store(op.stateAddress(translationResults.entryAddress), 8, entry);
  const first = op.loadBigEndian(entry);
  const second = op.note('hpte_r', op.loadBigEndian(op.add(entry, op.constant(8))));
  const { status, readable, writable } = permission(op, access, relocated, vsidWord, second);
  op.when(op.any(status, -1n), () => {
    refuse(op, 'refused', op.or(status, op.constant(isStore(access))));
  });

  recordUse(op, access, entry, second);
  const shift = op.note('actual page shift', shiftFrom(op, pageShifts.actual, first, second));
  const offsetInPage = op.subtract(op.shiftLeft(op.constant(1), shift), op.constant(1));
  const page = op.and(op.and(second, op.constant(hpteSecond.mask.realPage)), op.xor(offsetInPage, op.constant(-1)));
  // A store may be remembered only once C stands in the entry, so that the next store is seen.
  const changed = access === 'store' ? writable : op.both(writable, op.any(second, hpteSecond.mask.changed));
  arrive(op, access, ea, op.or(page, op.and(ea, offsetInPage)), readable, changed);
}
