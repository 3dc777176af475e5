import { createHash, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';
import type { Json } from './json.ts';
import { StatesError } from './states-error.ts';

/** What an expression sees: `$states` and the variables by their names. */
export interface Bindings {
  readonly states: Readonly<Record<string, Json>>;
  readonly variables: Readonly<Record<string, Json>>;
}

/** Compiled once, however many items of a map evaluate it. */
const compiled = new Map<string, jsonata.Expression>();

/** Whether the string is evaluated: `{% … %}` with nothing around it. */
export function isExpression(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;
}

/**
 * The template with every expression inside replaced by its value; an expression without a value is
 * an error, as it is in the service.
 */
export async function evaluate(template: Json, bindings: Bindings): Promise<Json> {
  if (typeof template === 'string') {
    return isExpression(template) ? run(template.slice(2, -2), bindings) : template;
  }
  if (Array.isArray(template)) {
    return Promise.all(template.map((part: Json) => evaluate(part, bindings)));
  }
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(
    async ([key, part]) => [key, await evaluate(part, bindings)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function run(source: string, { states, variables }: Bindings): Promise<Json> {
  let value: unknown;
  try {
    value = await compile(source).evaluate(undefined, { ...variables, states, ...FUNCTIONS });
  } catch (error) {
    const message = error instanceof Error || isJsonataError(error) ? error.message : String(error);
    throw new StatesError('States.QueryEvaluationError', `'${source.trim()}': ${message}`);
  }
  if (value === undefined || typeof value === 'function' || isJsonataFunction(value)) {
    const got = value === undefined ? 'nothing (undefined)' : 'a function';
    throw new StatesError('States.QueryEvaluationError', `'${source.trim()}' returned ${got}.`);
  }
  // JSONata's sequences are arrays with extra properties.
  return JSON.parse(JSON.stringify(value));
}

function compile(source: string): jsonata.Expression {
  const known = compiled.get(source);
  if (known) return known;
  const expression = jsonata(source);
  compiled.set(source, expression);
  return expression;
}

/** JSONata throws plain objects with a message. */
const isJsonataError = (value: unknown): value is { message: string } =>
  typeof value === 'object' && value !== null && 'message' in value;

const isJsonataFunction = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ('_jsonata_lambda' in value || '_jsonata_function' in value);

const HASHES: readonly string[] = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

/** The service's additions to JSONata; it takes `$eval` away. */
const FUNCTIONS = {
  eval: undefined,
  partition: (array: readonly Json[], size: number): Json[][] => {
    if (!(size >= 1)) throw new Error('$partition needs a size of at least 1');
    const parts: Json[][] = [];
    for (let at = 0; at < array.length; at += size) parts.push(array.slice(at, at + size));
    return parts;
  },
  range: (first: number, last: number, step: number): number[] => {
    if (step === 0) throw new Error('$range needs a step other than 0');
    const count = Math.max(0, Math.floor((last - first) / step) + 1);
    return Array.from({ length: count }, (_, index) => first + index * step);
  },
  hash: (data: Json, algorithm: string): string => {
    if (!HASHES.includes(algorithm)) throw new Error(`$hash knows no '${algorithm}'`);
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    return createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex');
  },
  random: (): number => Math.random(),
  uuid: (): string => randomUUID(),
  parse: (text: string): Json => JSON.parse(text),
};
