/** The program `key31`. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventDefinitions } from '../emulator/index';
import { serveDap } from './command-line/dap-server';
import { demonstrate } from './command-line/demo';
import { runGuest } from './command-line/run';
import { exitStatus, generalHelp, runHelp, UsageError } from './command-line/usage';
import { UserError } from './errors';

const packageFolder = join(dirname(__filename), '..');

function version(): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

const asksForHelp = (words: readonly string[]): boolean => words.includes('--help') || words.includes('-h');

/** The exit status, or undefined while the program goes on serving. */
async function main([command, ...words]: readonly string[]): Promise<number | undefined> {
  if (command === 'run' && asksForHelp(words))
    return print(runHelp.replace('FILTERS', Object.keys(eventDefinitions).join(', ')));
  if (command === undefined || asksForHelp([command, ...words])) return print(generalHelp);
  switch (command) {
    case '--version':
      return print(`${version()}\n`);
    case 'dap':
      serveDap(words);
      return undefined;
    case 'run':
      return runGuest(words);
    case 'demo':
      return demonstrate(__filename, packageFolder);
    default:
      throw new UsageError(`There is no "${command}"; known are dap, run, demo, --help and --version.`);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return exitStatus.success;
}

function statusOf(error: unknown): number {
  // node:util says what is wrong with an option in errors of its own.
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const isUsage = error instanceof UsageError || error instanceof UserError || code.startsWith('ERR_PARSE_ARGS');
  const text = error instanceof Error ? (isUsage ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`key31: ${text}\n`);
  return isUsage ? exitStatus.usage : exitStatus.ourError;
}

// "key31 run … | head": whoever read the output has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitStatus.success : exitStatus.ourError);
});

main(process.argv.slice(2)).then(
  (status) => {
    if (status !== undefined) process.exitCode = status;
  },
  (error: unknown) => {
    process.exitCode = statusOf(error);
  },
);
