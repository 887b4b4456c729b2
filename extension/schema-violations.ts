/** The part of JSON Schema that a launch configuration needs. */
export type Schema = TextSchema | IntegerSchema | FlagSchema | ListSchema | ObjectSchema;

interface Documented {
  readonly description?: string;
  readonly default?: string | number | boolean;
}

interface TextSchema extends Documented {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
}

interface IntegerSchema extends Documented {
  readonly type: 'integer';
  readonly minimum: number;
  readonly maximum?: number;
}

interface FlagSchema extends Documented {
  readonly type: 'boolean';
}

/** A list of values that are alike. */
export interface ListSchema extends Documented {
  readonly type: 'array';
  readonly items: Schema;
}

/** An object with named members; members that are not named are an error only where the schema says so. */
export interface ObjectSchema extends Documented {
  readonly type: 'object';
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly properties: Readonly<Record<string, Schema>>;
}

/** Says in words where a value departs from a schema; nothing when it agrees. */
export function schemaViolations(schema: Schema, value: unknown, name: string): string[] {
  switch (schema.type) {
    case 'string':
      return textViolations(schema, value, name);
    case 'integer':
      return integerViolations(schema, value, name);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`"${name}" must be true or false.`];
    case 'array':
      if (!Array.isArray(value)) return [`"${name}" must be a list.`];
      return value.flatMap((item: unknown, index) => schemaViolations(schema.items, item, `${name}[${index}]`));
    case 'object':
      return objectViolations(schema, value, name);
  }
}

function textViolations(schema: TextSchema, value: unknown, name: string): string[] {
  if (typeof value !== 'string') return [`"${name}" must be a text.`];
  if (schema.enum && !schema.enum.includes(value)) return [`"${name}" must be one of ${schema.enum.join(', ')}.`];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return [`"${name}" ${schema.patternErrorMessage ?? `must match ${schema.pattern}`}.`];
  }
  return [];
}

function integerViolations({ minimum, maximum = Infinity }: IntegerSchema, value: unknown, name: string): string[] {
  if (Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum) return [];
  const range = maximum === Infinity ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return [`"${name}" must be a whole number ${range}.`];
}

function objectViolations(schema: ObjectSchema, value: unknown, name: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`"${name}" must be an object.`];
  const member = (key: string) => (name === '' ? key : `${name}.${key}`);
  const missing = (schema.required ?? []).filter((key) => !(key in value)).map((key) => `"${member(key)}" is missing.`);
  const others = Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const known = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (known) return schemaViolations(known, item, member(key));
    return schema.additionalProperties === false ? [`"${member(key)}" is not known here.`] : [];
  });
  return [...missing, ...others];
}
