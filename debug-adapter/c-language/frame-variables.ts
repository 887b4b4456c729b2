/** The variables that a frame of the source has. */
import { attribute, tag } from '../symbols/dwarf/constants';
import type { Entry } from '../symbols/dwarf/entry';
import type { SourceFrame } from '../session/call-stack';
import type { VcpuOfGuest } from '../session/guest';
import { memoryState, StackFrameState } from './frame-state';
import { inMemory, valueAt, type CValue } from './value';

export interface Variable {
  readonly name: string;
  readonly value: CValue;
}

/** The parameters of the function, in order. */
export function argumentsOf(of: VcpuOfGuest, frame: SourceFrame): readonly Variable[] {
  const { entry } = frame.place;
  return variablesIn(of, frame, withInherited(entry, tag.FORMAL_PARAMETER));
}

/** Its own variables: those of the innermost block first. One that an inner block hides has the same name as another. */
export function localsOf(of: VcpuOfGuest, frame: SourceFrame): readonly Variable[] {
  const blocks = [...frame.place.blocks].reverse();
  return variablesIn(
    of,
    frame,
    blocks.flatMap((block) => withInherited(block, tag.VARIABLE)),
  );
}

/** What the code of a unit has kept of a block's variables, and what it has not: the abstract block names all. */
function withInherited(block: Entry, kind: number): readonly Entry[] {
  const own = block.children.filter((child) => child.tag === kind);
  const abstract = block.reference(attribute.ABSTRACT_ORIGIN);
  if (!abstract) return own;
  const kept = new Set(own.map((child) => child.reference(attribute.ABSTRACT_ORIGIN)));
  return [...own, ...abstract.children.filter((child) => child.tag === kind && !kept.has(child))];
}

/** The variables of a name, the innermost first; the parameter last. */
export function variablesNamed(of: VcpuOfGuest, frame: SourceFrame, name: string): readonly Variable[] {
  const blocks = [...frame.place.blocks].reverse();
  const entries = [
    ...blocks.flatMap((block) => withInherited(block, tag.VARIABLE)),
    ...withInherited(frame.place.entry, tag.FORMAL_PARAMETER),
  ];
  return variablesIn(
    of,
    frame,
    entries.filter((entry) => entry.name === name),
  );
}

function variablesIn(of: VcpuOfGuest, frame: SourceFrame, entries: readonly Entry[]): readonly Variable[] {
  const state = new StackFrameState(of, frame.stack, frame.index);
  return entries.flatMap((entry) => {
    const { name } = entry;
    const value = variableValue(of, entry, state);
    return name === undefined || !value ? [] : [{ name, value }];
  });
}

/** Undefined for what is only declared here and defined nowhere. */
function variableValue(of: VcpuOfGuest, entry: Entry, state: StackFrameState): CValue | undefined {
  const { types } = of.program.source;
  if (entry.flag(attribute.DECLARATION)) return entry.name === undefined ? undefined : globalNamed(of, entry.name);
  return valueAt(types.of(entry), state.locationOf(entry), state);
}

/** A variable outside functions: of the unit that a frame lies in, or else, when that is wanted, of any. */
export function globalNamed(of: VcpuOfGuest, name: string, frame?: SourceFrame, isSearched = true): CValue | undefined {
  const { source } = of.program;
  const unit = frame?.place.entry.unit;
  const inUnit = unit?.root?.children.find(
    (child) => child.tag === tag.VARIABLE && child.name === name && child.has(attribute.LOCATION),
  );
  const entry = inUnit ?? (isSearched ? source.globals.find('variable', name)[0] : undefined);
  return entry && globalValue(of, entry);
}
function globalValue(of: VcpuOfGuest, entry: Entry): CValue {
  const state = memoryState(of);
  return valueAt(of.program.source.types.of(entry), state.locationOf(entry), state);
}

/** The variables of a unit that are outside its functions. */
export function globalsOfUnit(of: VcpuOfGuest, frame: SourceFrame): readonly Variable[] {
  const { root } = frame.place.entry.unit;
  return (root?.children ?? []).flatMap((child) => {
    if (child.tag !== tag.VARIABLE || !child.has(attribute.LOCATION)) return [];
    return child.name === undefined ? [] : [{ name: child.name, value: globalValue(of, child) }];
  });
}

/** A function as a value: where it begins, and its type. */
export function functionNamed(of: VcpuOfGuest, name: string): CValue | undefined {
  const { symbols, source } = of.program;
  const symbol = symbols.named(name).find(({ kind }) => kind === 'function');
  const entry = symbol && source.functions.functionAt(symbol.address);
  return symbol && entry && inMemory(source.types.read(entry), symbol.address, memoryState(of));
}
