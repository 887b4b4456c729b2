import type { DebugProtocol as Dap } from '@vscode/debugprotocol';
import { assignmentIn } from '../c-language/source-expression';
import { errors } from '../errors';
import { memoryReferenceText, namesSpace, typedAddress } from '../session/addresses';
import type { VcpuOfGuest } from '../session/guest';
import { addressValue } from '../variables/address';
import { placeText } from '../symbols/symbol-table';
import { fieldWidth, registerField, withFieldValue, type RegisterField } from '../session/register-fields';
import { registerNamed, registers } from '../session/register-names';
import { register64 } from '../variables/format';
import type { NamedValue } from '../variables/named-value';
import { scopesOf } from '../variables/scopes';
import { consoleCommands } from '../console/table';
import type { Context } from './context';
import { valueOf } from './expressions';
import { stateChanged } from './memory';
import type { Request } from './request';
import { object } from './shape';
import { assignSource, numberIn, resultFields, sourceNode, type SourceContext } from './source-values';
import { formatted, referenceOf, valueFormat } from './variables';

type Result = Dap.EvaluateResponse['body'];

export const evaluate: Request<'evaluate'> = {
  shape: object({ expression: 'text' }, { frameId: 'integer', context: 'text', format: valueFormat }),
  handle: (context, { expression, frameId, context: where, format }) => {
    const of = context.vcpuOfFrame(frameId);
    const text = expression.trim();
    const isConsole = where === undefined || where === 'repl';
    const about: SourceContext = { context, of, frameId, where };
    const found =
      (isConsole ? assign(about, text) : undefined) ??
      (where === 'hover' ? undefined : runCommand(context, of, text, isConsole)) ??
      typedPlace(context, of, text) ??
      ofSource(about, text) ??
      decodedRegister(context, of, text) ??
      plainValue(of, text);
    return { ...found, result: formatted(found.result, format?.hex ?? false) };
  },
};

/** What a command does to the guest happens in the console alone: a watch is evaluated at every stop. */
function runCommand(context: Context, of: VcpuOfGuest, text: string, isConsole: boolean): Result | undefined {
  const [, name, rest = ''] = /^([\w-]+)((?:\s|\/).*)?$/s.exec(text) ?? [];
  const command = consoleCommands.find((one) => one.name === name);
  if (!command) return undefined;
  // A watch on lpcr means the register.
  if (!isConsole && registerNamed(text)) return undefined;
  if (command.changes === true) {
    if (!isConsole)
      throw errors.badExpression(`"${command.name}" changes the session, so it is for the debug console.`);
    if (command.needsStop !== false) context.requireStopped(command.name);
  }
  const { text: result, tree } = command.run(context, of, rest.trim());
  return { result, variablesReference: tree ? referenceOf(context, 'console', tree) : 0 };
}

function ofSource(about: SourceContext, text: string): Result | undefined {
  const node = sourceNode(about, text);
  return node && resultFields(node, referenceOf(about.context, `watch ${about.frameId ?? ''}`, node));
}

function assign(about: SourceContext, text: string): Result | undefined {
  const parts = assignmentIn(text);
  if (!parts) return undefined;
  setNamed(about, parts.to, parts.value);
  return ofSource(about, parts.to) ?? plainValue(about.of, parts.to);
}

/** Sets a variable of the source, or a register. */
function setNamed(about: SourceContext, name: string, value: string): void {
  const { context, of } = about;
  context.requireStopped('evaluate');
  const field = registerField(name);
  if (field) return setField(about, field, value);
  if (assignSource(about, name, value)) return;
  const register = registerNamed(name);
  if (!register) throw errors.noVariable(name);
  if (!register.write) throw errors.readOnly(name);
  register.write(of, numberIn(about, value));
  stateChanged(context);
}

function setField(about: SourceContext, field: RegisterField, text: string): void {
  const { context, of } = about;
  const register = registerNamed(field.register);
  if (!register?.write) throw errors.readOnly(field.register);
  const value = numberIn(about, text);
  const width = fieldWidth(field);
  if (value >= 1n << BigInt(width)) throw errors.badValue(text, `a number of ${width} bits`);
  register.write(of, withFieldValue(field, register.read(of), value));
  stateChanged(context);
}

/** A register that has fields shows them. */
function decodedRegister(context: Context, of: VcpuOfGuest, text: string): Result | undefined {
  const name = registerNamed(text)?.name;
  if (name === undefined) return undefined;
  const found = scopesOf(of)
    .filter(({ command }) => command === 'mmu' || command === 'registers')
    .flatMap(({ children }) => children())
    .find(({ evaluateName }) => evaluateName === name);
  return found && resultOf(context, found);
}

/** "gpa:0x1000" shows what lies there in every space that it has an address in. */
function typedPlace(context: Context, of: VcpuOfGuest, text: string): Result | undefined {
  const typed = typedAddress(text);
  if (!typed || namesSpace(text) === undefined) return undefined;
  return resultOf(context, addressValue(of, typed));
}

const resultOf = (context: Context, value: NamedValue): Result => ({
  result: value.value,
  variablesReference: referenceOf(context, 'watch', value),
  ...(value.memoryReference === undefined ? {} : { memoryReference: memoryReferenceText(value.memoryReference) }),
});

function plainValue(of: VcpuOfGuest, text: string): Result {
  const value = valueOf(of, text);
  if (typeof value !== 'bigint') return { result: String(value), variablesReference: 0 };
  // As in translated mode: in real mode every small number would be a place in the guest.
  const place = of.program.symbols.at(value, false);
  return {
    result: place ? `${register64(value)} <${placeText(place)}>` : register64(value),
    memoryReference: memoryReferenceText(value),
    variablesReference: 0,
  };
}

/** A watch that is edited: a variable of the source or a register. */
export const setExpression: Request<'setExpression'> = {
  shape: object({ expression: 'text', value: 'text' }, { frameId: 'integer', format: valueFormat }),
  needsStop: true,
  handle: (context, { expression, value, frameId }) => {
    const about: SourceContext = { context, of: context.vcpuOfFrame(frameId), frameId };
    const text = expression.trim();
    setNamed(about, text, value);
    return { value: (ofSource(about, text) ?? plainValue(about.of, text)).result };
  },
};

const MAXIMUM_COMPLETIONS = 100;

/** Words of the debug console that begin with what stands before the cursor. */
export const completions: Request<'completions'> = {
  shape: object({ text: 'text', column: 'integer' }, { frameId: 'integer', line: 'integer' }),
  handle: (context, { text, column }) => {
    const { program } = context.requireLaunched().guest;
    const before = text.slice(0, Math.max(0, context.linesStartAt1 ? column - 1 : column));
    const word = /[\w.-]*$/.exec(before)?.[0] ?? '';
    const isFirst = before.trim() === word;
    const command = consoleCommands.find(({ name }) => name === before.trim().split(/\s+/)[0]);
    const candidates: Iterable<Dap.CompletionItem>[] = [
      isFirst ? [] : (command?.completion?.() ?? []).map((label) => ({ label, type: 'value' as const })),
      isFirst ? consoleCommands.map(({ name }) => ({ label: name, type: 'keyword' as const })) : [],
      registers.map(({ name }) => ({ label: name, type: 'variable' as const })),
      word === '' ? [] : Array.from(program.symbols.names(), (name) => ({ label: name, type: 'function' as const })),
    ];
    const targets = candidates
      .flatMap((items) => [...items])
      .filter(({ label }) => label.startsWith(word))
      .slice(0, MAXIMUM_COMPLETIONS)
      .map((item) => ({ ...item, start: before.length - word.length, length: word.length }));
    return { targets };
  },
};
