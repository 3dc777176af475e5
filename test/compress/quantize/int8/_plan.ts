/** Plans for small models in text, with ranges given by hand. */
import type { Hardware } from '../../../../shared/base/hardware.ts';
import type { Int8Plan } from '../../../../shared/compress/quantize/int8/int8-plan.ts';
import type { Range } from '../../../../shared/compress/quantize/int8/numbers/range.ts';
import { type PlanOptions, planInt8 } from '../../../../shared/compress/quantize/int8/plan-int8.ts';
import { keyOf, scopesOf } from '../../../../shared/compress/quantize/int8/scopes.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { parseModel } from '../../../../shared/onnx/text.ts';

export const HEADER = '<ir_version: 8, opset_import: ["": 17]>';

/** The model of a text without its header. */
export const modelOf = (text: string): Model => parseModel(`${HEADER}\n${text}`);

/** A value that is not named was seen from −4 to 4; null: no sample reached it. */
export type Seen = Readonly<Record<string, readonly [number, number] | null>>;

/** A range for every value that a node of some graph reads or gives. */
export function rangesFor(model: Model, seen: Seen = {}): ReadonlyMap<string, Range> {
  const keys = scopesOf(model).flatMap(({ key: scope, graph }) =>
    [...graph.nodes()].flatMap(({ inputs, outputs }) =>
      [...inputs, ...outputs].map((name) => keyOf({ scope, name })),
    ),
  );
  return new Map(
    keys.flatMap((key): [string, Range][] => {
      const range = seen[key] === undefined ? [-4, 4] : seen[key];
      return range === null ? [] : [[key, { min: range[0] ?? 0, max: range[1] ?? 0 }]];
    }),
  );
}

export interface PlanParts extends Partial<PlanOptions> {
  readonly hardware?: Hardware;
  readonly seen?: Seen;
}

/** A plan for x64 with every group that the search starts with, unless told otherwise. */
export function planOf(model: Model, { seen, ...options }: PlanParts = {}): Int8Plan {
  return planInt8(model, rangesFor(model, seen), {
    hardware: 'x64',
    method: 'min-max',
    samples: 1,
    synthetic: false,
    groups: ['residual', 'pool', 'concat'],
    keep: new Map(),
    ...options,
  });
}
