/** A part of a machine that can say all it is by plain data (structuredClone copies it), and become it again. */
export interface StatefulPart {
  capture(): unknown;
  restore(captured: unknown): void;
}
/** A part whose state is one value that can be read and replaced. */
export const partOf = <T>(get: () => T, set: (captured: T) => void): StatefulPart => ({
  capture: () => structuredClone(get()),
  restore: (captured) => {
    set(structuredClone(captured as T));
  },
});

export interface Checkpoint {
  /** By name, what each part is. */
  readonly parts: Readonly<Record<string, unknown>>;
  /** Pages of the host's memory that are not all zeroes, by number. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
}
