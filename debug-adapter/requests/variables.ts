import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { hexadecimal } from '../../emulator/index';
import { errors } from '../errors';
import { memoryReferenceText } from '../session/addresses';
import type { Container } from '../variables/handles';
import type { NamedValue } from '../variables/named-value';
import type { Context } from './context';
import type { Request } from './request';
import { object } from './shape';
import { numberIn } from './source-values';

/** DAP's ValueFormat: decimal numbers as hexadecimal ones. */
export const valueFormat = object({}, { hex: 'boolean' });

export const variables: Request<'variables'> = {
  shape: object(
    { variablesReference: 'integer' },
    { filter: 'text', start: 'integer', count: 'integer', format: valueFormat },
  ),
  needsStop: true,
  handle: (context, { variablesReference, filter, start, count, format }) => {
    const container = containerOf(context, variablesReference);
    const values = [
      ...(filter === 'indexed' ? [] : container.children()),
      ...(filter === 'named' ? [] : indexedValues(container, start, count)),
    ];
    return { variables: values.map((value) => variable(context, container.key, value, format?.hex ?? false)) };
  },
};

export const formatted = (text: string, hex: boolean): string =>
  hex && /^\d+$/.test(text) ? hexadecimal(BigInt(text)) : text;

/** What one answer holds at most when a client does not ask for pages. */
const MAXIMUM_PAGE = 1000;

function indexedValues({ indexed }: Container, start = 0, count = 0): readonly NamedValue[] {
  if (!indexed) return [];
  const first = Math.min(Math.max(0, start), indexed.count);
  const length = Math.min(indexed.count - first, count > 0 ? count : MAXIMUM_PAGE);
  return Array.from({ length }, (_, index) => indexed.at(first + index));
}

function containerOf(context: Context, reference: number): Container {
  const container = context.handles.find(reference);
  if (!container) throw errors.staleVariables();
  return container;
}

/** A value as DAP has it; its children get the number that the same thing had before. */
function variable(context: Context, parentKey: string, value: NamedValue, hex: boolean): Dap.Variable {
  const { name, type, evaluateName, memoryReference, indexed, codeAddress } = value;
  return {
    name,
    value: formatted(value.value, hex),
    ...(type === undefined ? {} : { type }),
    ...(evaluateName === undefined ? {} : { evaluateName }),
    ...(memoryReference === undefined ? {} : { memoryReference: memoryReferenceText(memoryReference) }),
    ...(codeAddress === undefined ? {} : { valueLocationReference: context.targets.numberOf(codeAddress) }),
    ...(value.assign ? {} : { presentationHint: { attributes: ['readOnly'] } }),
    ...(indexed ? { indexedVariables: indexed.count } : {}),
    variablesReference: referenceOf(context, parentKey, value),
  };
}

/** The number of a value's children; 0 when it has none. */
export function referenceOf(context: Context, parentKey: string, { name, children, indexed }: NamedValue): number {
  if (!children && !indexed) return 0;
  return context.handles.reference({ key: `${parentKey}/${name}`, children: children ?? (() => []), indexed });
}

export const setVariable: Request<'setVariable'> = {
  shape: object({ variablesReference: 'integer', name: 'text', value: 'text' }, { format: valueFormat }),
  needsStop: true,
  handle: (context, { variablesReference, name, value, format }) => {
    const container = containerOf(context, variablesReference);
    const found = findChild(container, name);
    if (!found) throw errors.noVariable(name);
    if (!found.assign) throw errors.readOnly(name);
    found.assign(numberIn({ context, of: context.vcpuOfFrame(undefined), frameId: undefined }, value));
    context.forgetState();
    // What the guest made of it, which may be another value than was asked for.
    const now = findChild(container, name) ?? found;
    return {
      value: formatted(now.value, format?.hex ?? false),
      variablesReference: referenceOf(context, container.key, now),
    };
  },
};

/** A value by the name that it has in a container. */
export const childNamed = (context: Context, reference: number, name: string): NamedValue | undefined =>
  findChild(containerOf(context, reference), name);

function findChild(container: Container, name: string): NamedValue | undefined {
  return (
    container.children().find((value) => value.name === name) ??
    indexedValues(container, 0, container.indexed?.count).find((value) => value.name === name)
  );
}
