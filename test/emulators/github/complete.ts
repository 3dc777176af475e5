/** Members that GitHub always gives and no test asks about, made as their schema demands. */
import { isRecord, type JsonRecord } from './prune-openapi.ts';

/** Deeper than any answer of GitHub's, so that a schema that holds itself ends. */
const DEEPEST = 12;

/** The value, with what its schema requires beyond it. What is given is never changed. */
export function complete(
  schema: unknown,
  value: unknown,
  definitions: Readonly<Record<string, unknown>>,
  depth = 0,
): unknown {
  if (depth > DEEPEST) return value;
  const within = (inner: unknown, given: unknown): unknown =>
    complete(inner, given, definitions, depth + 1);
  const shape = shapeOf(schema, definitions);
  const branches = [shape.oneOf, shape.anyOf].flatMap((all) => (Array.isArray(all) ? all : []));
  if (branches.length > 0) {
    if (value === undefined && branches.some(isNull)) return null;
    return value === null ? null : within(branchFor(branches, value, definitions), value);
  }
  if (value === undefined && (isNullable(shape) || isNull(shape))) return null;
  if (isObject(shape) && (value === undefined || isRecord(value))) {
    const properties = isRecord(shape.properties) ? shape.properties : {};
    const required = Array.isArray(shape.required) ? shape.required.map(String) : [];
    const given: JsonRecord = isRecord(value) ? value : {};
    const names = new Set([...Object.keys(given), ...required]);
    return Object.fromEntries(
      [...names]
        .filter((name) => given[name] !== undefined || required.includes(name))
        .map((name) => [
          name,
          properties[name] === undefined ? given[name] : within(properties[name], given[name]),
        ]),
    );
  }
  if (Array.isArray(value)) return value.map((item) => within(shape.items ?? {}, item));
  return value === undefined ? scalarOf(shape) : value;
}

/** Without references, and with all of `allOf` in one. */
function shapeOf(schema: unknown, definitions: Readonly<Record<string, unknown>>): JsonRecord {
  if (!isRecord(schema)) return {};
  if (typeof schema.$ref === 'string')
    return shapeOf(definitions[schema.$ref.replace('#/definitions/', '')], definitions);
  if (!Array.isArray(schema.allOf)) return schema;
  const parts = schema.allOf.map((part) => shapeOf(part, definitions));
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required }) => (Array.isArray(required) ? required : [])),
  };
}

/** The first that the given members do not speak against. */
function branchFor(
  branches: readonly unknown[],
  value: unknown,
  definitions: Readonly<Record<string, unknown>>,
): unknown {
  const fits = (branch: unknown): boolean => {
    const shape = shapeOf(branch, definitions);
    if (Array.isArray(value) || shape.type === 'array')
      return Array.isArray(value) && shape.type === 'array';
    const properties = isRecord(shape.properties) ? shape.properties : {};
    return Object.entries(isRecord(value) ? value : {}).every(([name, given]) => {
      const { enum: allowed } = shapeOf(properties[name], definitions);
      return !Array.isArray(allowed) || allowed.includes(given);
    });
  };
  return branches.find((branch) => !isNull(branch) && fits(branch)) ?? branches[0];
}

const isNull = (schema: unknown): boolean => isRecord(schema) && schema.type === 'null';
const isNullable = ({ type }: JsonRecord): boolean => Array.isArray(type) && type.includes('null');
const isObject = ({ type, properties }: JsonRecord): boolean =>
  type === 'object' ||
  (Array.isArray(type) && type.includes('object')) ||
  (type === undefined && isRecord(properties));

const SCALARS: Readonly<Record<string, unknown>> = {
  string: '',
  integer: 0,
  number: 0,
  boolean: false,
  array: [],
};

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'https://github.example/',
  'date-time': '2026-01-01T00:00:00Z',
};

function scalarOf(shape: JsonRecord): unknown {
  if (Array.isArray(shape.enum)) return shape.enum[0];
  const format = typeof shape.format === 'string' ? FORMATS[shape.format] : undefined;
  return format ?? SCALARS[String(shape.type)];
}
