import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { UsageError } from './usage';

type Fields = Record<string, unknown>;
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The launch configuration in a file: a launch.json, of which `name` chooses one, or one configuration alone.
 * `${workspaceFolder}` is the folder that holds `.vscode`, or else the file's; relative names of files start there.
 */
export function readLaunchFile(file: string, name: string | undefined): Fields {
  const parsed = parse(file);
  const folder =
    basename(dirname(resolve(file))) === '.vscode' ? dirname(dirname(resolve(file))) : dirname(resolve(file));
  const chosen = Array.isArray(parsed.configurations) ? choose(parsed.configurations, file, name) : parsed;
  const entries = Object.entries(chosen).map(([field, value]) => [field, withVariables(value, folder)] as const);
  const launch: Fields = Object.fromEntries(entries);
  for (const field of ['program', 'initrd']) {
    const path = launch[field];
    if (typeof path === 'string' && !isAbsolute(path)) launch[field] = join(folder, path);
  }
  return launch;
}

function parse(file: string): Fields {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--config: ${file} cannot be read.`);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
  } catch (error) {
    throw new UsageError(`--config: ${file} is not JSON (comments are not taken): ${(error as Error).message}.`);
  }
  throw new UsageError(`--config: ${file} must hold an object.`);
}

function choose(configurations: readonly unknown[], file: string, name: string | undefined): Fields {
  const all = configurations.filter(isRecord);
  const names = all.map((one) => JSON.stringify(one.name)).join(', ');
  const found = name === undefined ? all : all.filter((one) => one.name === name);
  const [only, ...others] = found;
  if (!only) throw new UsageError(`--config: ${file} has no configuration ${JSON.stringify(name)}; it has ${names}.`);
  if (others.length > 0) throw new UsageError(`--config: ${file} has several configurations; --name one of ${names}.`);
  return only;
}

const withVariables = (value: unknown, folder: string): unknown =>
  typeof value === 'string' ? value.replaceAll('${workspaceFolder}', folder) : value;
