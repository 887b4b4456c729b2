/** Vectors of John Hauser's TestFloat; test/differential/build-testfloat.sh builds the program that gives them. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(process.env['KEY31_TESTFLOAT_DIR'] ?? join(tmpdir(), 'key31-testfloat'), 'testfloat_gen');
const script = join(import.meta.dirname, '../differential/build-testfloat.sh');

/** Builds it if that has not been done; false if it cannot be had here. */
export const hasTestFloat = (): boolean => spawnSync('bash', [script]).status === 0;

export interface Vector {
  readonly operands: readonly bigint[];
  readonly result: bigint;
  readonly flags: number;
}
/** The flags as TestFloat numbers them. */
export const flag = { inexact: 1, underflow: 2, overflow: 4, divideByZero: 8, invalid: 16 } as const;

const vectorOf = (line: string): Vector => {
  const numbers = line.split(' ');
  const flags = parseInt(numbers.pop()!, 16);
  const result = BigInt(`0x${numbers.pop()!}`);
  return { operands: numbers.map((one) => BigInt(`0x${one}`)), result, flags };
};

/** The first so many vectors of a function, which come in an order and with numbers that depend on the seed. */
export function vectorsOf(name: string, options: readonly string[], limit: number, seed: number): Vector[] {
  const command = [
    program,
    '-tininessbefore',
    '-seed',
    String(seed),
    ...options,
    name,
    '|',
    'head',
    '-n',
    String(limit),
  ];
  const { stdout } = spawnSync(command.join(' '), { shell: true, encoding: 'utf8', maxBuffer: 2 ** 30 });
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length === 0) throw new Error(`testfloat_gen has no vectors of ${name}`);
  return lines.map(vectorOf);
}
