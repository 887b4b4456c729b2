/** What a request's arguments must look like. A client's mistake becomes an answer, not an exception. */
export type Shape = 'text' | 'integer' | 'boolean' | 'anything' | ListShape | ObjectShape;
interface ListShape {
  readonly list: Shape;
}
interface ObjectShape {
  readonly fields: Readonly<Record<string, Shape>>;
  /** Fields that may be absent, or null, which some clients send instead. */
  readonly optional?: Readonly<Record<string, Shape>>;
}

export const list = (of: Shape): ListShape => ({ list: of });
export const object = (
  fields: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): ObjectShape => ({ fields, optional });

export class ShapeError extends Error {
  /** Where the value stands: "breakpoints[0].line". */
  readonly path: string;
  readonly expected: string;
  constructor(path: string, expected: string) {
    super(`${path} must be ${expected}`);
    this.path = path;
    this.expected = expected;
  }
}

/** The value with only the fields that the shape names; throws a ShapeError where it differs. */
export function shaped(value: unknown, shape: Shape, path: string): unknown {
  if (shape === 'anything') return value;
  if (typeof shape === 'string') return scalar(value, shape, path);
  if ('list' in shape) {
    if (!Array.isArray(value)) throw new ShapeError(path, 'a list');
    return value.map((item: unknown, index) => shaped(item, shape.list, `${path}[${index}]`));
  }
  return shapedObject(value, shape, path);
}

function scalar(value: unknown, shape: 'text' | 'integer' | 'boolean', path: string): unknown {
  const fits = {
    text: typeof value === 'string',
    integer: Number.isSafeInteger(value),
    boolean: typeof value === 'boolean',
  };
  const nouns = { text: 'a text', integer: 'a whole number', boolean: 'true or false' };
  if (!fits[shape]) throw new ShapeError(path, nouns[shape]);
  return value;
}

function shapedObject(value: unknown, { fields, optional = {} }: ObjectShape, path: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ShapeError(path, 'an object');
  const given = value as Readonly<Record<string, unknown>>;
  const at = (name: string) => (path === 'arguments' ? name : `${path}.${name}`);
  const needed = Object.entries(fields).map(([name, shape]) => [name, shaped(given[name], shape, at(name))] as const);
  const others = Object.entries(optional)
    .filter(([name]) => given[name] !== undefined && given[name] !== null)
    .map(([name, shape]) => [name, shaped(given[name], shape, at(name))] as const);
  return Object.fromEntries([...needed, ...others]);
}
