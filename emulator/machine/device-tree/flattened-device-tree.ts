/** The flattened device tree format, version 17 (Devicetree Specification, chapter 5). */

export type PropertyValue = string | readonly string[] | readonly number[] | Uint8Array;
export interface DeviceTreeNode {
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly children?: Readonly<Record<string, DeviceTreeNode>>;
}

const token = { beginNode: 1, endNode: 2, property: 3, end: 9 } as const;
const MAGIC = 0xd00d_feed;
const HEADER_BYTES = 40;

/** A stretch of memory that is in use from the start, and that an operating system leaves alone. */
export interface MemoryReservation {
  readonly base: number;
  readonly size: number;
}
const NO_RESERVATION: MemoryReservation = { base: 0, size: 0 };

const cells = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(index * 4, value);
  });
  return bytes;
};
const text = (value: string): Uint8Array => new TextEncoder().encode(`${value}\0`);

const isTexts = (value: readonly unknown[]): value is readonly string[] => typeof value[0] === 'string';

/** A property's bytes: text ends in zero, numbers are 32-bit cells. */
function encode(value: PropertyValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return text(value);
  return isTexts(value) ? joined(value.map(text)) : cells(...value);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
const padded = (bytes: Uint8Array): Uint8Array => joined([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)]);

/** `bootCpu` is the header's boot_cpuid_phys. */
export function flattenDeviceTree(
  root: DeviceTreeNode,
  bootCpu: number,
  reservations: readonly MemoryReservation[],
): Uint8Array {
  const names = new Map<string, number>();
  let namesLength = 0;
  const nameOffset = (name: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const offset = namesLength;
    names.set(name, offset);
    namesLength += name.length + 1;
    return offset;
  };
  const structure = (name: string, { properties, children = {} }: DeviceTreeNode): Uint8Array =>
    joined([
      cells(token.beginNode),
      padded(text(name)),
      ...Object.entries(properties).flatMap(([property, value]) => {
        const bytes = encode(value);
        return [cells(token.property, bytes.length, nameOffset(property)), padded(bytes)];
      }),
      ...Object.entries(children).map(([child, node]) => structure(child, node)),
      cells(token.endNode),
    ]);
  const tree = joined([structure('', root), cells(token.end)]);
  const strings = joined([...names.keys()].map(text));
  const reserved = joined(
    [...reservations, NO_RESERVATION].map(({ base, size }) => cells(...doubleCell(base), ...doubleCell(size))),
  );
  const structureAt = HEADER_BYTES + reserved.length;
  const stringsAt = structureAt + tree.length;
  const header = cells(
    MAGIC,
    stringsAt + strings.length,
    structureAt,
    stringsAt,
    HEADER_BYTES,
    17,
    16,
    bootCpu,
    strings.length,
    tree.length,
  );
  return joined([header, reserved, tree, strings]);
}

/** A 64-bit number as two cells. */
export const doubleCell = (value: bigint | number): readonly [number, number] => {
  const wide = BigInt(value);
  return [Number(wide >> 32n), Number(wide & 0xffff_ffffn)];
};
