/** GitHub's description of its REST API, asked about each request and each answer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Reply } from './call.ts';
import { complete } from './complete.ts';
import { GithubError } from './errors.ts';
import { isRecord, type JsonRecord, type Operation, type OperationId } from './prune-openapi.ts';

export interface Match {
  readonly id: OperationId;
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

/** Parameters that hold slashes. */
const LONG = new Set(['path', 'ref', 'basehead']);

export class Contract {
  readonly #ajv: Ajv;
  readonly #definitions: Readonly<Record<string, unknown>>;
  readonly #routes: readonly { id: OperationId; operation: Operation; pattern: RegExp }[];
  readonly #validators = new Map<string, ValidateFunction>();

  constructor() {
    const file = join(import.meta.dirname, 'fixtures', 'openapi.json');
    // References of operations lead into the one schema that holds all definitions.
    const { operations, definitions } = JSON.parse(readFileSync(file, 'utf8'));
    this.#definitions = definitions;
    this.#ajv = new Ajv({ strict: false, allErrors: false });
    addFormats.default(this.#ajv);
    this.#ajv.addFormat('repo.nwo', /^[^/]+\/[^/]+$/);
    this.#ajv.addSchema({ $id: 'github', definitions });
    this.#routes = (Object.entries(operations) as [OperationId, Operation][]).map(
      ([id, operation]) => ({ id, operation, pattern: patternOf(operation.path) }),
    );
  }

  find(method: string, path: string): Match | undefined {
    for (const { id, operation, pattern } of this.#routes) {
      const found = operation.method === method ? pattern.exec(path) : null;
      if (!found) continue;
      const params = Object.entries(found.groups ?? {}).map(([name, text]) => [name, decode(text)]);
      return { id, operation, params: Object.fromEntries(params) };
    }
    return undefined;
  }

  /** @throws GithubError 422 where GitHub's own schema refuses the request */
  checkRequest({ id, operation }: Match, query: URLSearchParams, body: unknown): void {
    for (const { name, in: where, schema } of operation.parameters) {
      const text = where === 'query' ? query.get(name) : null;
      if (text === null) continue;
      this.#check(`${id} ${name}`, schema, asSchemaSays(schema, text));
    }
    if (operation.body !== undefined) this.#check(`${id} body`, operation.body, body ?? {});
  }

  /** Parameters that GitHub does not know and would overlook. */
  unknowns({ operation }: Match, query: URLSearchParams, body: unknown): readonly string[] {
    const known = new Set(operation.parameters.map(({ name }) => name));
    const members = membersOf(operation.body);
    return [
      ...[...query.keys()].filter((name) => !known.has(name)).map((name) => `?${name}`),
      ...Object.keys(isRecord(body) ? body : {}).filter((name) => members && !members.has(name)),
    ];
  }

  /** The answer with all that the schema demands. @throws Error where what is given contradicts the schema */
  complete({ id, operation }: Match, { status, variant, body }: Reply): unknown {
    const name = variant === undefined ? `${status}` : `${status} ${variant}`;
    const schema = operation.responses[name];
    if (schema === undefined) throw new Error(`${id}: no answer is ${name}`);
    if (schema === null) return undefined;
    const whole = complete(schema, body, this.#definitions);
    const validate = this.#validator(`${id} ${name}`, schema);
    if (!validate(whole)) throw new Error(`${id}: ${this.#ajv.errorsText(validate.errors)}`);
    return whole;
  }

  #check(name: string, schema: unknown, value: unknown): void {
    const validate = this.#validator(name, schema);
    if (validate(value)) return;
    const told = this.#ajv.errorsText(validate.errors, { dataVar: name });
    throw new GithubError(422, `Invalid request.\n\n${told}`);
  }

  #validator(name: string, schema: unknown): ValidateFunction {
    const found = this.#validators.get(name);
    if (found) return found;
    const text = JSON.stringify(schema).replaceAll('"#/definitions/', '"github#/definitions/');
    const made = this.#ajv.compile(JSON.parse(text));
    this.#validators.set(name, made);
    return made;
  }
}

function patternOf(path: string): RegExp {
  const text = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    LONG.has(name) && path.endsWith(`{${name}}`) && !path.includes('/commits/')
      ? `(?<${name}>.*)`
      : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${text}$`);
}

function decode(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    throw new GithubError(400, 'Bad request');
  }
}

function asSchemaSays(schema: unknown, text: string): unknown {
  const type = isRecord(schema) ? schema.type : undefined;
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

/** Names that a body may have; `undefined` where any. */
function membersOf(schema: unknown): ReadonlySet<string> | undefined {
  if (!isRecord(schema)) return new Set();
  const own = isRecord(schema.properties) ? Object.keys(schema.properties) : [];
  const branches = [schema.oneOf, schema.anyOf].flatMap((all) => (Array.isArray(all) ? all : []));
  return new Set([...own, ...branches.flatMap((one: JsonRecord) => [...(membersOf(one) ?? [])])]);
}
