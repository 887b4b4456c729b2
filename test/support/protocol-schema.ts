/** Checks messages against a JSON schema that is made from the types of @vscode/debugprotocol. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const root = join(import.meta.dirname, '../..');
const messages = join(import.meta.dirname, 'protocol-messages.ts');
const types = join(root, 'node_modules/@vscode/debugprotocol');

interface Schema {
  readonly definitions: Readonly<Record<string, { readonly properties: Readonly<Record<string, object>> }>>;
}

/** Making it takes seconds, so that it is kept until the types change. */
function schema(): Schema {
  const { version } = JSON.parse(readFileSync(join(types, 'package.json'), 'utf8')) as { version: string };
  const source = readFileSync(messages, 'utf8');
  const own = readFileSync(join(root, 'debug-adapter/custom-protocol.ts'), 'utf8');
  const kept = join(root, 'dist', `debug-protocol-${version}-${source.length}-${own.length}.schema.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Schema;
  const generator = createGenerator({
    path: messages,
    type: 'Messages',
    skipTypeCheck: true,
    topRef: true,
    jsDoc: 'none',
  });
  const made = JSON.stringify(generator.createSchema('Messages'));
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Tests run side by side: whoever is last puts the same in its place.
  const mine = `${kept}.${process.pid}`;
  writeFileSync(mine, made);
  renameSync(mine, kept);
  return JSON.parse(made) as Schema;
}

const all = schema();
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(all, 'protocol');
const validators = new Map<string, ValidateFunction>();

type Table = 'Responses' | 'Events' | 'Failures';
function validator(table: Table, name: string): ValidateFunction | undefined {
  if (!Object.hasOwn(all.definitions[table]?.properties ?? {}, name)) return undefined;
  return compiled(`protocol#/definitions/${table}/properties/${name.replace('/', '~1')}`);
}
function compiled(reference: string): ValidateFunction {
  const made = validators.get(reference) ?? ajv.compile({ $ref: reference });
  validators.set(reference, made);
  return made;
}

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
}

/** What is wrong with a message of the adapter's, or undefined. */
export function violation(message: Message): string | undefined {
  const { type, success } = message;
  const name = message.event ?? message.command ?? '';
  const failed = success === false;
  const table = type === 'event' ? 'Events' : failed ? 'Failures' : 'Responses';
  const check = validator(table, failed ? 'error' : name);
  if (!check) return `${type} "${name}" is not in the protocol`;
  return check(message) ? undefined : `${type} "${name}": ${ajv.errorsText(check.errors, { dataVar: '' })}`;
}
