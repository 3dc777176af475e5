/** What a model.json may hold, made sure of piece by piece: it is input from a stranger. */
import { ModelError } from '../../base/errors.ts';
import { isObject } from '../keras/config.ts';
import type { Json, JsonObject } from '../keras/layer.ts';

/** @throws ModelError that names `where` unless it is an object */
export function objectAt(value: Json | undefined, where: string): JsonObject {
  if (isObject(value)) return value;
  throw new ModelError(`${where} is ${kindOf(value)}, not an object`);
}

/** Nothing counts as an empty list. @throws ModelError that names `where` unless it is an array */
export function arrayAt(value: Json | undefined, where: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new ModelError(`${where} is ${kindOf(value)}, not a list`);
}

/** @throws ModelError that names `where` unless it is text */
export function textAt(value: Json | undefined, where: string): string {
  if (typeof value === 'string') return value;
  throw new ModelError(`${where} is ${kindOf(value)}, not a text`);
}

/** A size or a count. @throws ModelError that names `where` unless it is a whole number from 0 on */
export function countAt(value: Json | undefined, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ModelError(`${where} is ${shorten(value)}, not a whole number from 0 on`);
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

const shorten = (value: Json | undefined): string =>
  (JSON.stringify(value) ?? 'missing').slice(0, 40);
