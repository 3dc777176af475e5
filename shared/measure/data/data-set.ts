/** What a data set is to everybody who measures, calibrates or trains: samples by number, labels if any. */
import type { Digest } from '../../base/brand.ts';
import type { NamedTensors, Tensor } from '../../base/tensor.ts';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What is known to be right about one sample: a class number, a text, a map of classes, …. */
export type Label = JsonValue | Tensor;

/** Samples on demand: nothing but small labels is held in memory. */
export interface DataSet {
  /** Where it came from, for messages and reports. */
  readonly path: string;
  /** The count of samples, at least 1. */
  readonly length: number;
  /** Of the bytes and of everything that decides how they become samples. */
  readonly digest: Digest;
  readonly hasLabels: boolean;
  /** What the model gave elsewhere, where the file holds it. */
  readonly goldenOutputs?: GoldenOutputs;
  /** Class names by number, where the form has them (image folders). */
  readonly classNames?: readonly string[];
  /** What was converted, assumed or left out, a sentence each. Complete once all samples were read. */
  readonly notes: readonly string[];
  /** What one run of the model is fed, in its types and shapes. @throws InputError naming the sample */
  sample(index: number): Promise<NamedTensors>;
  /** `undefined` without labels. */
  label(index: number): Label | undefined;
  close(): Promise<void>;
}

export interface GoldenOutputs {
  readonly names: readonly string[];
  output(index: number): NamedTensors;
}

/** Whether a label is a tensor: its data lies in a typed array, which JSON cannot hold. */
export function isTensor(label: Label | undefined): label is Tensor {
  return (
    typeof label === 'object' &&
    label !== null &&
    'data' in label &&
    'dims' in label &&
    ArrayBuffer.isView(label.data)
  );
}
