import { appendFileSync } from 'node:fs';

/** Prints what a differential test compared, and leaves it to run-full.mjs where that asks for it. */
export function recordCounts(test: string, counts: Readonly<Record<string, number>>): void {
  const text = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  console.log(`${test}: ${text.join(', ')}`);
  const file = process.env['KEY31_COUNTS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ test, counts })}\n`);
}
