/** Plain data that stands for a part of the machine: taken by copying it, put back into the same objects. */

/** Makes `into` hold what `from` does. Both are of one shape: objects, arrays, maps, typed arrays and plain values. */
export function restoreInto(into: object, from: object): void {
  if (into instanceof Uint8Array && from instanceof Uint8Array) {
    into.set(from);
    return;
  }
  if (into instanceof Map && from instanceof Map) {
    into.clear();
    for (const [key, value] of structuredClone(from) as Map<unknown, unknown>) into.set(key, value);
    return;
  }
  Object.assign(into, structuredClone(from));
}
