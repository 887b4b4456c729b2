import { afterEach, describe, expect, it, vi } from 'vitest';
import { handlerTable } from '../../../emulator/engine/interpreter/handler-table';
import { disassembleText, instructions } from '../../../emulator/isa/table';
import { EngineWorld, placeName, CODE } from '../../support/engine-world';
import { randomProgram } from '../../support/engine-programs';
import { Random, seedFor } from '../../support/isa-random';

/** KEY31_ENGINE_PROGRAMS=20000 for a long run. */
const PROGRAMS = Number(process.env['KEY31_ENGINE_PROGRAMS'] ?? 250);
const lengths = [60, 60, 60, 400, 3500] as const;

type Snapshot = ReturnType<EngineWorld['snapshot']>;

/** Undefined if both are the same. */
function difference(wanted: Snapshot, got: Snapshot): string | undefined {
  const texts = (name: 'events' | 'device' | 'entries') => {
    const at = wanted[name].findIndex((line, i) => line !== got[name][i]);
    if (at < 0 && wanted[name].length === got[name].length) return undefined;
    const i = at < 0 ? wanted[name].length : at;
    return `${name}[${i}]: ${String(got[name][i])} and not ${String(wanted[name][i])}`;
  };
  const bytes = (name: 'registers' | 'slb' | 'ram') => {
    const at = wanted[name].findIndex((byte, i) => byte !== got[name][i]);
    return at < 0 ? undefined : `${name} differ at ${at}${name === 'registers' ? `, in ${placeName(at)}` : ''}`;
  };
  if (wanted.counted !== got.counted) return `${got.counted} instructions and not ${wanted.counted}`;
  return texts('events') ?? texts('device') ?? bytes('registers') ?? bytes('slb') ?? texts('entries') ?? bytes('ram');
}

function listing(ram: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(ram.buffer, ram.byteOffset);
  return Array.from({ length: 40 }, (_, i) =>
    disassembleText(view.getInt32(i * 4, littleEndian), CODE + BigInt(i * 4)),
  ).join('\n');
}

const reason = (found: string, number: number, length: number, wanted: Snapshot, listed: string) =>
  `program ${number} of ${length}: ${found}\n${wanted.events.slice(0, 5).join('\n')}\n${listed}`;

interface Trial {
  readonly littleEndian: boolean;
  readonly programs: number;
  readonly seed: number;
  readonly worlds: readonly [reference: EngineWorld, interpreter: EngineWorld, mixed: EngineWorld];
}
interface Result {
  /** The first disagreement. */
  readonly found: string | undefined;
  /** Faults and the like, of all programs. */
  readonly events: number;
}

function compare({ littleEndian, programs, seed, worlds }: Trial): Result {
  const [reference, interpreter, mixed] = worlds;
  let events = 0;
  for (let number = seed; number < seed + programs; number++) {
    const random = new Random(number);
    const program = randomProgram(random, littleEndian);
    const problem = random.below(3) === 0;
    const length = random.of(lengths);
    for (const world of worlds) world.start(program, littleEndian, problem);
    reference.run(
      length,
      () => 'reference',
      () => 7,
    );
    interpreter.run(
      length,
      () => 'interpreter',
      () => random.of([1, 10, 5000]),
    );
    mixed.run(
      length,
      () => random.of(['reference', 'interpreter']),
      () => 1 + random.below(40),
    );
    const wanted = reference.snapshot();
    events += wanted.events.length;
    for (const world of [interpreter, mixed]) {
      const found = difference(wanted, world.snapshot());
      const listed = found === undefined ? '' : listing(program.ram, littleEndian);
      if (found !== undefined) return { found: reason(found, number, length, wanted, listed), events };
    }
  }
  return { found: undefined, events };
}

const worlds = (options?: ConstructorParameters<typeof EngineWorld>[0]) =>
  [new EngineWorld(), new EngineWorld(options), new EngineWorld(options)] as const;

describe('interpreter, reference engine, and one that changes between them at random', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ['little-endian', true],
    ['big-endian', false],
  ] as const)('agree on random programs, %s', { timeout: 3_600_000 }, (name, littleEndian) => {
    const seed = seedFor(`engines ${name}`);
    const { found, events } = compare({ littleEndian, programs: PROGRAMS, seed, worlds: worlds() });
    expect(found).toBeUndefined();
    console.log(`${name}: ${PROGRAMS} programs, ${events} events`);
    expect(events).toBeGreaterThan(PROGRAMS);
  });

  it('are seen to disagree when one does not notice stores to code', { timeout: 60_000 }, () => {
    const planted = worlds({ codeWritten: false });
    expect(compare({ littleEndian: true, programs: 300, seed: 1, worlds: planted }).found).toBeDefined();
  });

  it('are seen to disagree when one handler does what another should', { timeout: 60_000 }, () => {
    const table = handlerTable();
    const numberOf = table.numberOf.bind(table);
    const other = instructions.find(({ mnemonic }) => mnemonic === 'addze');
    vi.spyOn(table, 'numberOf').mockImplementation((instruction, near) =>
      numberOf(instruction.mnemonic === 'addme' && other ? other : instruction, near),
    );
    expect(compare({ littleEndian: true, programs: 300, seed: 1, worlds: worlds() }).found).toBeDefined();
  });
});
