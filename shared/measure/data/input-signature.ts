/** What a model's input declares, as far as data must fit it. */
import { UnsupportedError } from '../../base/errors.ts';
import type { TensorType } from '../../base/tensor.ts';
import type { Dim, ValueInfo } from '../../onnx/model.ts';
import { isTensorType } from '../../onnx/tensor-data.ts';

export interface InputSignature {
  readonly name: string;
  readonly type: TensorType;
  /** `null`: not even the rank is declared. */
  readonly shape: readonly Dim[] | null;
}

/** The signature of a graph input. @throws UnsupportedError for what onnxruntime-node cannot be fed */
export function inputSignature(input: ValueInfo): InputSignature {
  const { name, type } = input;
  if (type?.kind !== 'tensor') {
    throw new UnsupportedError(
      `input "${name}" is ${type === null ? 'of undeclared type' : `${type.kind === 'optional' ? 'an' : 'a'} ${type.kind}`}: only tensors can be fed`,
      { where: name },
    );
  }
  if (!isTensorType(type.elementType)) {
    throw new UnsupportedError(`input "${name}" holds ${type.elementType}, which cannot be fed`, {
      where: name,
      hint: 'Export the model with float32 inputs.',
    });
  }
  return { name, type: type.elementType, shape: type.shape };
}

/** `float32 [N, 28, 28, 1]`, with `?` for what is unknown. */
export function describeInput({ type, shape }: InputSignature): string {
  return `${type} ${shape === null ? 'of any shape' : `[${shape.map((dim) => dim ?? '?').join(', ')}]`}`;
}
