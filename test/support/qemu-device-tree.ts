/** Writes a flattened device tree (Devicetree Specification, chapter 5), for guests that QEMU's own tree does not suit. */

export interface DeviceTreeNode {
  readonly name: string;
  readonly properties?: Readonly<Record<string, string | readonly number[]>>;
  readonly children?: readonly DeviceTreeNode[];
}

const magic = 0xd00dfeed;
const version = 17;
const lastCompatibleVersion = 16;
const token = { beginNode: 1, endNode: 2, property: 3, end: 9 };

const headerSize = 40;
/** One entry of zeroes: no memory is reserved. */
const reservationsSize = 16;

function cells(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}

function paddedToCell(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function valueBytes(value: string | readonly number[]): Buffer {
  return typeof value === 'string' ? Buffer.from(`${value}\0`) : cells(...value);
}

/** Strings stand for themselves, numbers for 32-bit cells. */
export function flattenDeviceTree(root: DeviceTreeNode): Buffer {
  let names = '';
  const offsetOfName = (name: string): number => {
    const offset = names.length;
    names += `${name}\0`;
    return offset;
  };
  const flatten = (node: DeviceTreeNode): Buffer =>
    Buffer.concat([
      cells(token.beginNode),
      paddedToCell(Buffer.from(`${node.name}\0`)),
      ...Object.entries(node.properties ?? {}).flatMap(([name, value]) => {
        const bytes = valueBytes(value);
        return [cells(token.property, bytes.length, offsetOfName(name)), paddedToCell(bytes)];
      }),
      ...(node.children ?? []).map(flatten),
      cells(token.endNode),
    ]);

  const structure = Buffer.concat([flatten(root), cells(token.end)]);
  const structureOffset = headerSize + reservationsSize;
  const namesOffset = structureOffset + structure.length;
  const header = cells(
    magic,
    namesOffset + names.length,
    structureOffset,
    namesOffset,
    headerSize,
    version,
    lastCompatibleVersion,
    0,
    names.length,
    structure.length,
  );
  return Buffer.concat([header, Buffer.alloc(reservationsSize), structure, Buffer.from(names)]);
}
