/** GitHub's OpenAPI description with the operations that an action may call, as plain JSON schema. */

/** As `operationId` names them. */
export const OPERATIONS = [
  'users/get-authenticated',
  'repos/get',
  'repos/compare-commits-with-basehead',
  'repos/get-content',
  'repos/get-commit',
  'repos/list-pull-requests-associated-with-commit',
  'repos/list-commit-statuses-for-ref',
  'repos/create-commit-status',
  'git/get-blob',
  'git/create-blob',
  'git/get-tree',
  'git/create-tree',
  'git/get-commit',
  'git/create-commit',
  'git/get-ref',
  'git/create-ref',
  'git/update-ref',
  'git/delete-ref',
  'pulls/list',
  'pulls/create',
  'pulls/get',
  'pulls/update',
  'pulls/list-files',
  'pulls/list-review-comments',
  'pulls/create-review-comment',
  'pulls/create-reply-for-review-comment',
  'pulls/get-review-comment',
  'pulls/update-review-comment',
  'pulls/delete-review-comment',
  'pulls/list-reviews',
  'pulls/create-review',
  'pulls/submit-review',
  'pulls/delete-pending-review',
  'issues/list-for-repo',
  'issues/create',
  'issues/get',
  'issues/update',
  'issues/list-comments',
  'issues/create-comment',
  'issues/get-comment',
  'issues/update-comment',
  'issues/delete-comment',
] as const;

export type OperationId = (typeof OPERATIONS)[number];

export type JsonRecord = Record<string, unknown>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What one operation takes and gives; schemas refer to `definitions` of the whole. */
export interface Operation {
  readonly method: string;
  /** `/repos/{owner}/{repo}/pulls/{pull_number}` */
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: unknown;
  }[];
  readonly body?: unknown;
  /** Of the JSON answer by status, `null` where there is none; by `200 object` of another media type. */
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface Description {
  readonly version: string;
  readonly operations: Readonly<Record<OperationId, Operation>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

/** @throws Error where the description lacks an operation */
export function pruneOpenapi(document: JsonRecord): Description {
  const definitions: JsonRecord = {};
  const schemaOf = (value: unknown): unknown => plain(value, document, definitions);
  const found = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(record(document.paths)))
    for (const [method, operation] of Object.entries(record(methods))) {
      const id = isRecord(operation) ? String(operation.operationId) : '';
      if (!OPERATIONS.some((wanted) => wanted === id)) continue;
      found.set(id, operationOf(method, path, record(operation), document, schemaOf));
    }
  const missing = OPERATIONS.filter((id) => !found.has(id));
  if (missing.length > 0) throw new Error(`the description lacks ${missing.join(', ')}`);
  return {
    version: String(record(document.info).version),
    operations: Object.fromEntries(found) as Record<OperationId, Operation>,
    definitions,
  };
}

function operationOf(
  method: string,
  path: string,
  operation: JsonRecord,
  document: JsonRecord,
  schemaOf: (value: unknown) => unknown,
): Operation {
  const body = operation.requestBody && jsonSchemaOf(resolve(operation.requestBody, document));
  const parameters = Array.isArray(operation.parameters) ? operation.parameters : [];
  return {
    method: method.toUpperCase(),
    path,
    parameters: parameters.map((parameter) => {
      const { name, in: where, required, schema } = resolve(parameter, document);
      return {
        name: String(name),
        in: String(where),
        ...(required === true && { required }),
        schema: schemaOf(schema),
      };
    }),
    ...(body !== undefined && { body: schemaOf(body) }),
    responses: Object.fromEntries(
      Object.entries(record(operation.responses))
        .filter(([status]) => /^2/.test(status))
        .flatMap(([status, response]) => {
          const whole = resolve(response, document);
          const schema = jsonSchemaOf(whole);
          const object = jsonSchemaOf(whole, 'application/vnd.github.object');
          return [
            [status, schema === undefined ? null : schemaOf(schema)],
            ...(object === undefined ? [] : [[`${status} object`, schemaOf(object)]]),
          ];
        }),
    ),
  };
}

function jsonSchemaOf({ content }: JsonRecord, media = 'application/json'): unknown {
  if (!isRecord(content)) return undefined;
  const [first] = Object.entries(content).filter(([type]) => type.startsWith(media));
  return isRecord(first?.[1]) ? first[1].schema : undefined;
}

function resolve(value: unknown, document: JsonRecord): JsonRecord {
  const { $ref } = record(value);
  if (typeof $ref !== 'string') return record(value);
  const found = $ref
    .slice(2)
    .split('/')
    .reduce<unknown>((inside, key) => record(inside)[key], document);
  return resolve(found, document);
}

/** Words for readers, and what JSON schema does not know. */
const DROPPED = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'readOnly',
  'deprecated',
  'default',
  'nullable',
  'discriminator',
]);

/** A schema of OpenAPI 3.0 as JSON schema: `nullable` is a type, references lead to `definitions`. */
function plain(schema: unknown, document: JsonRecord, definitions: JsonRecord): unknown {
  if (Array.isArray(schema)) return schema.map((item) => plain(item, document, definitions));
  if (!isRecord(schema)) return schema;
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace(/^#\/components\/schemas\//, '');
    if (!(name in definitions)) {
      definitions[name] = {};
      definitions[name] = plain(resolve(schema, document), document, definitions);
    }
    return { $ref: `#/definitions/${name}` };
  }
  const kept: JsonRecord = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties')
      kept[key] = Object.fromEntries(
        Object.entries(record(value)).map(([name, inner]) => [
          name,
          plain(inner, document, definitions),
        ]),
      );
    else if (!DROPPED.has(key) && !key.startsWith('x-'))
      kept[key] = plain(value, document, definitions);
  }
  if (schema.nullable !== true) return kept;
  if (typeof kept.type !== 'string') return { anyOf: [kept, { type: 'null' }] };
  return {
    ...kept,
    type: [kept.type, 'null'],
    ...(Array.isArray(kept.enum) && { enum: [...new Set([...kept.enum, null])] }),
  };
}

const record = (value: unknown): JsonRecord => (isRecord(value) ? value : {});
