import { bigintArithmetic } from '../operations/bigint-arithmetic';
import type { Bytes } from '../operations/instruction-operations';
import { byteReverse } from './idioms';
import type { Instruction, IsaVersion } from './instruction';
import { observe, sampleGpr, type BigintSorts, type Request } from './observe';
import { decode } from './table';
import type { Operations } from '../operations/instruction-operations';

interface AddressParts {
  /** Undefined where RA = 0 stands for the value zero. */
  readonly base: number | undefined;
  readonly index: number | undefined;
  readonly displacement: number;
  /** The base register receives the effective address. */
  readonly update: boolean;
}
export interface LoadAccess extends AddressParts {
  readonly kind: 'load';
  readonly bytes: Bytes;
  readonly signed: boolean;
  readonly byteReversed: boolean;
  readonly target: number;
}
export interface StoreAccess extends AddressParts {
  readonly kind: 'store';
  readonly bytes: Bytes;
  readonly byteReversed: boolean;
  readonly source: number;
}
/** What someone who does a single access in an instruction's place has to know. */
export type AccessDescription = LoadAccess | StoreAccess | { readonly kind: 'cache-operation' };

type StorageRequest = Extract<Request, { readonly kind: 'load' | 'store' }>;

const reversed = (value: bigint, bytes: Bytes): bigint =>
  byteReverse(bigintArithmetic as unknown as Operations<BigintSorts>, value, bytes);
const signedOf = (value: bigint, bytes: Bytes): bigint => BigInt.asUintN(64, BigInt.asIntN(bytes * 8, value));

function addressParts(instruction: Instruction, word: number, requests: readonly Request[]): AddressParts {
  const values = instruction.decode(word);
  const withZero = values.ra0 === 0 ? undefined : values.ra0;
  const base = values.ra ?? withZero;
  return {
    base,
    index: values.rb,
    displacement: values.d ?? values.ds ?? 0,
    update: values.ra !== undefined && requests.some((one) => one.kind === 'write' && one.place === `r${values.ra}`),
  };
}

function describe(
  instruction: Instruction,
  word: number,
  requests: readonly Request[],
  access: StorageRequest,
): AccessDescription | undefined {
  const { bytes } = access;
  const { rt, rs } = instruction.decode(word);
  const parts = addressParts(instruction, word, requests);
  if (access.kind === 'load') {
    const written = requests.find((one) => one.kind === 'write' && one.place === `r${rt}`);
    if (rt === undefined || written?.kind !== 'write') return undefined;
    const forms = [
      { signed: false, byteReversed: false, value: access.value },
      { signed: true, byteReversed: false, value: signedOf(access.value, bytes) },
      { signed: false, byteReversed: true, value: reversed(access.value, bytes) },
    ];
    const form = forms.find(({ value }) => value === written.value);
    return form && { kind: 'load', bytes, signed: form.signed, byteReversed: form.byteReversed, target: rt, ...parts };
  }
  if (rs === undefined) return undefined;
  const plain = BigInt.asUintN(bytes * 8, sampleGpr(rs));
  const stored = BigInt.asUintN(bytes * 8, access.value);
  if (stored !== plain && stored !== reversed(plain, bytes)) return undefined;
  return { kind: 'store', bytes, byteReversed: stored !== plain, source: rs, ...parts };
}

/**
 * The access that a word does, if it is an integer load or store of one value, or a cache operation; undefined for
 * lmw, for reservations and for everything else. Read off from what the instruction's meaning does.
 */
export function describeAccess(word: number, isa?: IsaVersion): AccessDescription | undefined {
  const instruction = decode(word, isa);
  if (!instruction) return undefined;
  if (instruction.cacheOperation) return { kind: 'cache-operation' };
  const requests = observe(instruction, word);
  const accesses = requests.filter((one): one is StorageRequest => one.kind === 'load' || one.kind === 'store');
  const [only, ...others] = accesses;
  const single =
    only !== undefined && others.length === 0 && !only.reserves && !requests.some((one) => one.kind === 'probe');
  return single ? describe(instruction, word, requests, only) : undefined;
}
