/** A metric of the user's own: a module that exports `score`, run only where the caller allows it. */
import { existsSync } from 'node:fs';
import { parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../../base/errors.ts';
import { type Metric, type MetricSpec, meanColumn } from './metric.ts';

/** `./score.mjs`, `metrics/score.ts`: what a name of the list never looks like. */
export const isModulePath = (name: string): boolean => /\.[cm]?[jt]s$/.test(name);

/** Imports the module: its code runs with this process's rights. @throws InputError */
export async function customMetric(spec: MetricSpec): Promise<Metric> {
  const path = resolve(spec.name);
  if (!existsSync(path)) throw new InputError(`the metric module ${spec.name} does not exist`);
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (error) {
    throw broken(spec, `cannot be loaded: ${messageOf(error)}`, error);
  }
  const { score, aggregate, higherIsBetter = true } = loaded;
  if (typeof score !== 'function') throw broken(spec, 'exports no function "score"');
  if (aggregate !== undefined && typeof aggregate !== 'function') {
    throw broken(spec, 'exports an "aggregate" that is no function');
  }
  if (typeof higherIsBetter !== 'boolean') {
    throw broken(spec, 'exports a "higherIsBetter" that is no boolean');
  }
  return {
    // Without the folder: reports travel, and a store's path says nothing.
    name: parse(spec.name).name,
    higherIsBetter,
    isErrorMetric: !higherIsBetter,
    kind: aggregate === undefined ? 'mean' : 'aggregate',
    isDiscrete: false,
    comparesWith: 'label',
    statistics: (outputs, { label }) => [finite(spec, 'score', () => score({ ...outputs }, label))],
    aggregate: (table, weights) => {
      if (aggregate === undefined) return meanColumn(table, 0, weights);
      const scores: number[] = [];
      for (let row = 0; row < table.rows; row++) {
        const times = weights?.[row] ?? 1;
        for (let k = 0; k < times; k++) scores.push(table.values[row] ?? 0);
      }
      return finite(spec, 'aggregate', () => aggregate(scores));
    },
  };
}

function finite(spec: MetricSpec, what: string, call: () => unknown): number {
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    throw broken(spec, `failed in ${what}: ${messageOf(error)}`, error);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const given = value instanceof Promise ? 'a promise' : String(value);
  throw broken(spec, `returned ${given} from ${what}, a finite number is wanted`);
}

function broken(spec: MetricSpec, why: string, cause?: unknown): InputError {
  return new InputError(`the metric module ${spec.name} ${why}`, {
    where: spec.name,
    hint: 'It exports score(output: Record<string, Tensor>, label: unknown): number.',
    cause,
  });
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
