/** The scopes of a frame that its source gives it: arguments, locals, and the globals of its file. */
import { argumentsOf, globalsOfUnit, localsOf, type Variable } from '../c-language/frame-variables';
import { setValue } from '../c-language/set-value';
import { addressOf, elementOf, inMemory, memberValue, numberOf, type CValue } from '../c-language/value';
import { valueText } from '../c-language/value-text';
import type { Frame } from '../session/call-stack';
import { symbolNames } from '../c-language/symbol-names';
import type { VcpuOfGuest } from '../session/guest';
import { bare, isScalar, sizeOf, type CType } from '../symbols/dwarf/c-type';
import { typeName } from '../symbols/dwarf/type-name';
import { named, type NamedValue } from './named-value';
import type { ScopeValues } from './scope-values';

interface SourceScopes {
  readonly variables: readonly ScopeValues[];
  readonly globals: readonly ScopeValues[];
}

/** What the source says of a frame; nothing where there is no debug information. */
export function sourceScopes(of: VcpuOfGuest, frame: Frame | undefined): SourceScopes {
  if (frame?.kind !== 'guest' || !frame.sourceFrame) return { variables: [], globals: [] };
  const { sourceFrame } = frame;
  const file = sourceFrame.place.entry.unit.root?.name?.split('/').at(-1) ?? 'file';
  const key = `${sourceFrame.index}/${sourceFrame.place.name}`;
  const scope = (name: string, command: string, variables: () => readonly Variable[]): ScopeValues => ({
    name,
    command,
    key: `${command} ${key}`,
    children: () => variables().map(({ name: one, value }) => valueNode(of, one, one, value)),
  });
  return {
    variables: [
      { ...scope('Locals', 'locals', () => localsOf(of, sourceFrame)), hint: 'locals' },
      { ...scope('Arguments', 'arguments', () => argumentsOf(of, sourceFrame)), hint: 'arguments' },
    ],
    globals: [scope(`Globals of ${file}`, 'globals', () => globalsOfUnit(of, sourceFrame))],
  };
}

/** A value of C as the Variables view shows it. `expression` is what a watch would call it. */
export function valueNode(of: VcpuOfGuest, name: string, expression: string, value: CValue): NamedValue {
  const address = addressOf(value);
  const isBitField = value.bitField !== undefined;
  const pointed = pointedTo(value);
  const reference = pointed === undefined ? (isBitField ? undefined : address) : addressOf(pointed);
  return named(name, valueText(value, symbolNames(of)), {
    type: typeName(value.type) + (value.bitField ? ` : ${value.bitField.size}` : ''),
    evaluateName: expression,
    ...(reference === undefined ? {} : { memoryReference: reference }),
    ...(isScalar(value.type) ? { assign: (number) => setValue(of, value, number) } : {}),
    ...below(of, expression, value, pointed),
  });
}

/** What can be opened below a value: members, elements, what a pointer points to. */
function below(
  of: VcpuOfGuest,
  expression: string,
  value: CValue,
  pointed: CValue | undefined,
): Pick<NamedValue, 'children' | 'indexed'> {
  const actual = bare(value.type);
  switch (actual.kind) {
    case 'struct':
    case 'union':
      return { children: () => memberNodes(of, expression, value) };
    case 'array': {
      const element = actual.element();
      const at = (index: number): NamedValue =>
        valueNode(of, `[${index}]`, `${expression}[${index}]`, elementOf(value, element, index));
      return actual.count ? { indexed: { count: actual.count, at } } : {};
    }
    case 'pointer': {
      if (!pointed) return {};
      const target = bare(pointed.type);
      // The members of what it points to stand below it, as a person thinks of it.
      return target.kind === 'struct' || target.kind === 'union'
        ? { children: () => memberNodes(of, `(*${expression})`, pointed, `${expression}->`) }
        : { children: () => [valueNode(of, `*${expression}`, `*${expression}`, pointed)] };
    }
    case 'void':
    case 'number':
    case 'enum':
    case 'function':
      return {};
  }
}

function pointedTo(value: CValue): CValue | undefined {
  const actual = bare(value.type);
  if (actual.kind !== 'pointer') return undefined;
  const target = actual.target();
  const number = numberOf(value);
  if (typeof number !== 'bigint' || number === 0n || sizeOf(target) === undefined) return undefined;
  return inMemory(target, number, value.frame);
}

function memberNodes(
  of: VcpuOfGuest,
  expression: string,
  value: CValue,
  beginning = `${expression}.`,
): readonly NamedValue[] {
  const actual = bare(value.type);
  if (actual.kind !== 'struct' && actual.kind !== 'union') return [];
  return actual.members().map((member) => {
    const inner = memberValue(value, member);
    if (member.name !== undefined) return valueNode(of, member.name, beginning + member.name, inner);
    // Its members are named as if they were this struct's own.
    const anonymous = valueNode(of, `<anonymous ${anonymousKind(member.type)}>`, expression, inner);
    return { ...anonymous, children: () => memberNodes(of, expression, inner, beginning) };
  });
}
const anonymousKind = (type: CType): string => (bare(type).kind === 'union' ? 'union' : 'struct');
