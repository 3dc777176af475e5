/** What makes a variant: one function for each kind of precision, over an open float32 model. */
import type { Model } from '../../onnx/model.ts';
import type { KeptNode, Sensitivity } from '../../report/schema.ts';
import type { Tools } from '../step.ts';
import type { CompressInput } from '../steps/compress.ts';

export interface NewVariant {
  readonly model: Model;
  /** What was decided, as JSON. */
  readonly plan?: unknown;
  /** What is inside, for people: "38 Conv and 12 MatMul in 8 bits". */
  readonly description?: string;
  readonly keptInFloat?: readonly KeptNode[];
  readonly sensitivity?: Sensitivity;
  readonly notes?: readonly string[];
}

/** @throws UnsupportedError when there is nothing to do, or it cannot be done to this model */
export type VariantMaker = (
  model: Model,
  input: CompressInput,
  tools: Tools,
) => Promise<NewVariant>;
