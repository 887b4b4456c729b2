/** What an instruction does, in the notation of the Power ISA: its meaning run on texts instead of numbers. */
import type { Operations } from '../operations/instruction-operations';
import { facilities } from './facilities';
import type { Instruction } from './instruction';

interface TextSorts {
  readonly value: string;
  readonly condition: string;
  readonly vector: string;
}
type TextOperations = Operations<TextSorts>;

export interface Meaning {
  /** Such as "RT ← MEM((RA|0) + D, 1)", in the order in which they are done. */
  readonly statements: readonly string[];
  /** What the MSR must allow; undefined for what problem state may do. */
  readonly privilege: 'privileged' | 'hypervisor' | undefined;
  /** What MSR, FSCR or HFSCR can withhold. */
  readonly facilities: readonly string[];
}

/** A text that is longer tells nobody more. */
const LONGEST = 160;
const shortened = (text: string): string => (text.length > LONGEST ? '…' : text);

const infix = {
  add: '+',
  subtract: '-',
  and: '&',
  or: '|',
  xor: '⊕',
  shiftLeft: '<<',
  shiftRight: '>>',
  shiftRightSigned: '>>ˢ',
  multiply: '×',
  divideSigned: '÷',
  divideUnsigned: '÷ᵘ',
  equal: '=',
  lessSigned: '<',
  lessUnsigned: '<ᵘ',
  both: '∧',
  either: '∨',
} as const;

const negations: Readonly<Record<string, string>> = { '0 - 1': '-1' };
const inner = (text: string): string => (/^[\w.|()[\]]+$/.test(text) && !text.includes(' ') ? text : `(${text})`);
const binary = (sign: string) => (a: string, b: string) => {
  if (sign === '⊕' && b === '-1') return shortened(`¬${inner(a)}`);
  if (sign === '+' && b === '0') return a;
  const text = `${inner(a)} ${sign} ${inner(b)}`;
  return negations[text] ?? shortened(text);
};
const constantText = (value: number | bigint): string => {
  const signed = BigInt.asIntN(64, BigInt(value));
  return signed > -1024n && signed < 1024n ? String(signed) : `0x${BigInt.asUintN(64, signed).toString(16)}`;
};

/** Fields as the manual writes them, without what distinguishes ours. */
const fieldText = (name: string): string =>
  name
    .toUpperCase()
    .replace(/^RA0$/, 'RA')
    .replace(/(\D)\d$/, '$1');
const isText = (value: unknown): value is string => typeof value === 'string';

/** The four bits of a CR field; where they compare two numbers, only those are named. */
function orderText(bits: readonly [string, string, string, string]): string {
  const [, a, sign, b] = /^(.*) (<ᵘ?) (.*?)$/.exec(bits[0]) ?? [];
  if (a === undefined || b === undefined || bits[2] !== `${a} = ${b}`) return bits.join(' ‖ ');
  return `order of ${a} and ${b}${sign === '<' ? '' : ', unsigned'}`;
}

/** One observation of a meaning; what it asks for is written down in order. */
class Writer {
  readonly statements: string[] = [];
  readonly facilities = new Set<string>();
  privilege: Meaning['privilege'];

  readonly operations = new Proxy({} as TextOperations, {
    get: (_target, name) => this.#known[name as keyof TextOperations] ?? this.#plain(String(name)),
  });

  #say(place: string, value: string): void {
    if (place !== value) this.statements.push(`${place} ← ${shortened(value)}`);
  }
  #when(condition: string | undefined, text: string): void {
    this.statements.push(condition === undefined || condition === '' ? text : `if ${condition} then ${text}`);
  }
  /** What has no notation of its own is written as a function. */
  #plain(name: string) {
    return (...inputs: unknown[]) => shortened(`${name}(${inputs.filter(isText).join(', ')})`);
  }

  readonly #known: Partial<TextOperations> = {
    ...(Object.fromEntries(Object.entries(infix).map(([name, sign]) => [name, binary(sign)])) as object),
    constant: constantText,
    not: (a) => shortened(a.endsWith(' = 0') && !a.includes('∧') ? a.replace(/= 0$/, '≠ 0') : `¬${inner(a)}`),
    select: (condition, a, b) =>
      a === '1' && b === '0' ? condition : shortened(`${condition} ? ${inner(a)} : ${inner(b)}`),
    inMode: (a) => a,
    evaluate: (compute, ...inputs) =>
      new Proxy<Readonly<Record<string, string>>>(
        {},
        {
          get: (_target, result) => shortened(`${compute.name || String(result)}(${inputs.join(', ')})`),
        },
      ),
    floatingPoint: (operation, operands) => {
      const result = shortened(`${operation.name || 'round'}(${operands.join(', ')})`);
      return { result, status: 'status' };
    },

    gpr: ({ kind, name }) => (kind === 'gprOrZero' ? `(${fieldText(name)}|0)` : fieldText(name)),
    setGpr: ({ name }, value) => this.#say(fieldText(name), value),
    gprNumbered: (number) => `GPR(${number})`,
    setGprNumbered: (number, value) => this.#say(`GPR(${number})`, value),
    special: (name) => name.toUpperCase(),
    setSpecial: (name, value) => this.#say(name.toUpperCase(), value),
    flag: (name) => name.toUpperCase(),
    setFlag: (name, value) => this.#say(name.toUpperCase(), value),
    crBit: ({ name }) => `CR[${fieldText(name)}]`,
    setCrBit: ({ name }, value) => this.#say(`CR[${fieldText(name)}]`, value),
    crField: ({ name }) => `CR field ${fieldText(name)}`,
    setCrField: (field, bits) =>
      this.#say(typeof field === 'string' ? field.toUpperCase() : `CR field ${fieldText(field.name)}`, orderText(bits)),
    cr: () => 'CR',
    setCr: (value, mask) => this.#say(mask === '0xffffffff' ? 'CR' : `CR under ${mask}`, value),
    operand: ({ name }) => fieldText(name),
    currentAddress: () => 'CIA',
    timeBase: () => 'TB',

    load: (address, bytes) => shortened(`MEM(${address}, ${bytes})`),
    store: (address, bytes, value) => this.#say(`MEM(${address}, ${bytes})`, value),
    probe: () => undefined,
    repeat: (times, body) => {
      this.statements.push(`for i from 0 to ${times} - 1:`);
      body('i');
    },
    loadAndReserve: (address, bytes) => {
      this.statements.push(`reserve MEM(${address}, ${bytes})`);
      return `MEM(${address}, ${bytes})`;
    },
    storeConditional: (address, bytes, value) => {
      this.#when('reserved', `MEM(${address}, ${bytes}) ← ${value}`);
      return 'reserved';
    },

    jump: (address, when) => this.#when(when, `NIA ← ${address}`),
    jumpRelative: ({ name }, when) => this.#when(when, `NIA ← CIA + ${fieldText(name)}`),
    returnFromInterrupt: (address, msr) => {
      this.statements.push(`MSR ← ${shortened(msr)}`, `NIA ← ${address}`);
    },
    giveWay: () => void this.statements.push('other threads may run'),
    systemCall: (level) => void this.statements.push(`system call interrupt, LEV = ${level}`),
    trap: (when) => this.#when(when, 'trap'),
    alignmentInterrupt: () => undefined,
    illegal: () => undefined,
    transactionMisuse: () => undefined,
    facilityUnavailable: (_when, _hypervisor, cause) => {
      const found = Object.entries(facilities).find(([, number]) => number === cause);
      if (found) this.facilities.add(found[0]);
    },
    floatingPointInterrupt: () => undefined,
    requireFacility: (facility) => void this.facilities.add(facility),
    requirePrivilege: (level, when) => {
      if (when === undefined) this.privilege = level;
    },

    vr: ({ name }) => fieldText(name),
    setVr: ({ name }, value) => this.#say(fieldText(name), value),
    element: (vector, { bits }, index) =>
      `${inner(vector)}.${{ 8: 'byte', 16: 'half', 32: 'word', 64: 'double' }[bits]}[${index}]`,
    vectorOf: (_bits, elements) => shortened(elements.join(' ‖ ')),
    vsr: ({ name }, doubleword) => `${fieldText(name)}.double[${doubleword}]`,
    setVsr: ({ name, kind }, first, second) =>
      this.#say(fieldText(name), kind === 'fpr' ? first : shortened(`${first} ‖ ${second}`)),
    slbEntry: (index) => ({ esid: `SLB[${index}].ESID`, vsid: `SLB[${index}].VSID` }),
    setSlbEntry: (index, esid, vsid) => this.#say(`SLB[${index}]`, `${esid}, ${vsid}`),
    translationChanged: () => undefined,
    instructionsChanged: () => undefined,
  };
}

/** A meaning that asks for more than words can say, such as one with numbers of its own, has no statements. */
export function describeMeaning(instruction: Instruction): Meaning {
  const writer = new Writer();
  instruction.apply(writer.operations);
  return { statements: writer.statements, privilege: writer.privilege, facilities: [...writer.facilities] };
}
