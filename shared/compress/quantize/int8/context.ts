/** What a static quantization is given: samples to calibrate and to choose on, time, and a process that runs models. */
import type { Log } from '../../../base/log.ts';
import type { NamedTensors } from '../../../base/tensor.ts';
import type { RuntimeProcess } from '../../../runtime/runtime-process.ts';
import type { Int8Hardware } from './int8-policy.ts';
import type { RangeMethod } from './numbers/choose-range.ts';
import type { CarriedRange } from './statistics/batch-norm-ranges.ts';

/** Samples on demand: a `DataSet`, or a part of one. */
export interface SampleSource {
  readonly length: number;
  sample(index: number): Promise<NamedTensors>;
}

/** How well a variant does what the model is for, on the selection samples. */
export interface SelectionJudge {
  /** One sample's numbers, from the variant's and the float32 model's outputs. */
  statistics(index: number, outputs: NamedTensors, reference: NamedTensors): readonly number[];
  /** The verdict over all samples, in their order. */
  judge(
    base: readonly (readonly number[])[],
    variant: readonly (readonly number[])[],
  ): { readonly difference: number; readonly isNonInferior: boolean };
}

export interface Int8Context {
  readonly hardware: Int8Hardware;
  /** Ranges, moments and sensitivities are taken from these alone. */
  readonly calibration: SampleSource;
  /** The samples were made up: ranges are a guess, and accuracy is unknown. */
  readonly synthetic?: boolean;
  /** What BatchNormalizations say of values, by key: taken where samples were made up. */
  readonly carried?: ReadonlyMap<string, CarriedRange>;
  /** What the guard chooses on; without it, the calibration samples, by agreement alone. */
  readonly selection?: { readonly samples: SampleSource; readonly judge?: SelectionJudge };
  readonly seed: number;
  /** For all choices together; the plain conversion is made in any case. 0: no search at all. */
  readonly seconds: number;
  /** The rule for ranges where there is no search; min-max. */
  readonly method?: RangeMethod;
  readonly process?: RuntimeProcess;
  readonly signal?: AbortSignal;
  readonly log: Log;
}

/** The samples of a source, some of them: from `start`, at most `count`. */
export async function* samplesOf(
  source: SampleSource,
  count = source.length,
  start = 0,
): AsyncIterableIterator<NamedTensors> {
  for (let index = start; index < Math.min(source.length, start + count); index++)
    yield await source.sample(index);
}
