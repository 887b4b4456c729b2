/** Reads a flattened device tree by the Devicetree Specification, chapter 5, as a guest would. */
export interface ReadNode {
  readonly properties: ReadonlyMap<string, Uint8Array>;
  readonly children: ReadonlyMap<string, ReadNode>;
}
export interface ReadTree {
  readonly root: ReadNode;
  readonly bootCpu: number;
  readonly totalSize: number;
}

export function readDeviceTree(bytes: Uint8Array): ReadTree {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [magic, totalSize, structure, strings, , version, compatible, bootCpu] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(4 * i),
  );
  if (magic !== 0xd00d_feed || version !== 17 || compatible !== 16) throw new Error('no device tree of version 17');
  const textAt = (at: number) => Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString('latin1');
  let at = structure!;
  const token = () => view.getUint32((at += 4) - 4);
  const skip = (length: number) => {
    at = (at + length + 3) & ~3;
  };
  const node = (): ReadNode => {
    const properties = new Map<string, Uint8Array>();
    const children = new Map<string, ReadNode>();
    skip(textAt(at).length + 1);
    for (;;)
      switch (token()) {
        case 1: {
          const name = textAt(at);
          if (children.has(name)) throw new Error(`two nodes ${name}`);
          children.set(name, node());
          break;
        }
        case 2:
          return { properties, children };
        case 3: {
          const length = token();
          const name = textAt(strings! + token());
          if (properties.has(name)) throw new Error(`two properties ${name}`);
          properties.set(name, bytes.subarray(at, at + length));
          skip(length);
          break;
        }
        case 4:
          break;
        default:
          throw new Error(`an unknown token before ${at}`);
      }
  };
  if (token() !== 1) throw new Error('no root');
  const root = node();
  if (token() !== 9) throw new Error('no end');
  return { root, bootCpu: bootCpu!, totalSize: totalSize! };
}

export const cellsOf = (bytes: Uint8Array | undefined): number[] => {
  if (!bytes) throw new Error('no such property');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
};
export const textOf = (bytes: Uint8Array | undefined): string =>
  Buffer.from(bytes ?? [])
    .toString('latin1')
    .replace(/\0$/, '');
