/** Compares variants with the float model on a fixed set of samples, whose float outputs it keeps. */
import type { NamedTensors } from '../../../../base/tensor.ts';
import type { Model } from '../../../../onnx/model.ts';
import { openSession, type SessionOptions } from '../../../../runtime/session.ts';
import { type SampleSource, type SelectionJudge, samplesOf } from '../context.ts';
import { agreementOf, type Damage, damageOf, meanDamage } from './damage.ts';

/** What a variant scored. */
export interface Score {
  readonly damage: number;
  /** Share of decisions that agree with the float model's. */
  readonly agreement: number;
  /** Whether there are decisions at all. */
  readonly decides: boolean;
  /** By the user's metric, where there is a judge. */
  readonly verdict?: { readonly difference: number; readonly isNonInferior: boolean };
}

/** Float outputs kept for comparison, bytes; fewer samples are used where they would take more. */
const MAX_REFERENCE_BYTES = 256e6;

/** Scores variants on the same samples, against float outputs that were computed once. */
export class Referee {
  readonly #source: SampleSource;
  readonly #references: readonly NamedTensors[];
  readonly #judge: SelectionJudge | undefined;
  readonly #base: readonly (readonly number[])[];
  readonly #options: SessionOptions;

  private constructor(
    source: SampleSource,
    references: readonly NamedTensors[],
    judge: SelectionJudge | undefined,
    options: SessionOptions,
  ) {
    this.#source = source;
    this.#references = references;
    this.#judge = judge;
    this.#base = judge
      ? references.map((reference, index) => judge.statistics(index, reference, reference))
      : [];
    this.#options = options;
  }

  /** Runs the float model on the samples, `limit` of them at most. */
  static async of(
    model: Model,
    source: SampleSource,
    options: SessionOptions,
    limit: number,
    judge?: SelectionJudge,
  ): Promise<Referee> {
    await using session = await openSession(model, options);
    const references: NamedTensors[] = [];
    let bytes = 0;
    for await (const outputs of session.runMany(samplesOf(source, limit))) {
      bytes += bytesOf(outputs);
      if (references.length > 0 && bytes > MAX_REFERENCE_BYTES) break;
      references.push(outputs);
    }
    return new Referee(source, references, judge, options);
  }

  get samples(): number {
    return this.#references.length;
  }

  /** Runs a variant on the first `count` samples. */
  async score(variant: Model, count = this.samples): Promise<Score> {
    await using session = await openSession(variant, this.#options);
    const damages: Damage[] = [];
    const statistics: (readonly number[])[] = [];
    const samples = samplesOf(this.#source, Math.min(count, this.samples));
    for await (const outputs of session.runMany(samples)) {
      const index = damages.length;
      const reference = this.#references[index] ?? {};
      damages.push(damageOf(reference, outputs));
      if (this.#judge) statistics.push(this.#judge.statistics(index, outputs, reference));
    }
    const mean = meanDamage(damages);
    return {
      damage: mean.damage,
      agreement: agreementOf(mean),
      decides: mean.decisions > 0,
      ...(this.#judge
        ? { verdict: this.#judge.judge(this.#base.slice(0, damages.length), statistics) }
        : {}),
    };
  }
}

function bytesOf(tensors: NamedTensors): number {
  return Object.values(tensors).reduce(
    (sum, { data }) => sum + (ArrayBuffer.isView(data) ? data.byteLength : 0),
    0,
  );
}
