/** What is trained on: samples by number, each with its label where there are labels. */
import type { NamedTensors } from '../base/tensor.ts';
import type { Label } from '../measure/data/data-set.ts';

/** Numbered from 0; read when they are needed, in any order and more than once. */
export interface TrainSamples {
  readonly length: number;
  /** What one run of the model is fed. */
  sample(index: number): Promise<NamedTensors>;
  /** `undefined` without labels. */
  label(index: number): Label | undefined;
}

/** Samples whose labels do not matter. */
export type Inputs = Pick<TrainSamples, 'length' | 'sample'>;
