/** What names stand for in C at a frame of the guest's stack. */
import { attribute, tag } from '../symbols/dwarf/constants';
import type { Entry } from '../symbols/dwarf/entry';
import { standardTypes, type CType } from '../symbols/dwarf/c-type';
import type { FrameState } from '../symbols/dwarf/evaluate';
import type { SourceFrame } from '../session/call-stack';
import type { VcpuOfGuest } from '../session/guest';
import { registerNamed } from '../session/register-names';
import { memoryState, StackFrameState } from './frame-state';
import { functionNamed, globalNamed, variablesNamed } from './frame-variables';
import { computed, type CValue } from './value';

/** How far names are looked for. A unit's own are at hand; a search in all units of a kernel takes a second, once. */
export type Reach = 'unit' | 'program';

export class NamesInScope {
  readonly #of: VcpuOfGuest;
  readonly #frame: SourceFrame | undefined;
  readonly #reach: Reach;
  readonly state: FrameState;

  constructor(of: VcpuOfGuest, frame: SourceFrame | undefined, reach: Reach) {
    this.#of = of;
    this.#frame = frame;
    this.#reach = reach;
    this.state = frame ? new StackFrameState(of, frame.stack, frame.index) : memoryState(of);
  }

  /** A variable or an enumerator: what only the source knows. */
  fromSource(name: string): CValue | undefined {
    return (
      (this.#frame && variablesNamed(this.#of, this.#frame, name)[0]?.value) ??
      this.#global(name) ??
      // What has a symbol, or is a register, is no enumerator: all units need not be searched for it.
      (this.#isOtherwiseKnown(name) ? undefined : this.#enumerator(name))
    );
  }
  #isOtherwiseKnown(name: string): boolean {
    return registerNamed(name) !== undefined || this.#of.program.symbols.named(name).length > 0;
  }
  /** Anything: of the source, a function, a register, a symbol of the guest's file. */
  value(name: string): CValue | undefined {
    return this.fromSource(name) ?? functionNamed(this.#of, name) ?? this.register(name) ?? this.#symbol(name);
  }
  register(name: string): CValue | undefined {
    const register = registerNamed(name);
    return register && computed(standardTypes.unsignedLong, register.read(this.#of), this.state);
  }
  #symbol(name: string): CValue | undefined {
    const symbol = this.#of.program.symbols.named(name)[0];
    return symbol && computed(standardTypes.unsignedLong, symbol.address, this.state);
  }

  #global(name: string): CValue | undefined {
    // A variable that has a place has a symbol too; without one there is nothing to search for.
    const isSearched = this.#reach === 'program' && this.#of.program.symbols.named(name).length > 0;
    return globalNamed(this.#of, name, this.#frame, isSearched);
  }

  #enumerator(name: string): CValue | undefined {
    const entry = this.#find('enumerator', name, [tag.ENUMERATOR]);
    const value = entry?.signedConstant(attribute.CONST_VALUE);
    if (!entry || value === undefined) return undefined;
    return computed(this.#of.program.source.types.read(entry.parent), value, this.state);
  }

  /** A type by the name that a typedef or the language gives it. */
  type(name: string): CType | undefined {
    return this.#typeOf(this.#find('type', name, [tag.TYPEDEF, tag.BASE_TYPE]));
  }
  /** A struct, union or enum by its tag. */
  tagged(kind: 'struct' | 'union' | 'enum', name: string): CType | undefined {
    const tags = { struct: tag.STRUCTURE_TYPE, union: tag.UNION_TYPE, enum: tag.ENUMERATION_TYPE };
    return this.#typeOf(this.#find(kind, name, [tags[kind]]));
  }
  readonly #typeOf = (entry: Entry | undefined): CType | undefined =>
    entry && this.#of.program.source.types.read(entry);

  #find(space: 'type' | 'struct' | 'union' | 'enum' | 'enumerator', name: string, tags: number[]): Entry | undefined {
    const unit = this.#frame?.place.entry.unit;
    const isIt = (entry: Entry): boolean => entry.name === name && !entry.flag(attribute.DECLARATION);
    const near = unit?.entriesWith(...tags).find(isIt);
    if (near || this.#reach === 'unit') return near;
    return this.#of.program.source.globals.find(space, name)[0];
  }
}
