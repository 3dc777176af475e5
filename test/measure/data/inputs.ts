/** Graph inputs for tests, in one line each. */

import type { TensorType } from '../../../shared/base/tensor.ts';
import type { InputSignature } from '../../../shared/measure/data/input-signature.ts';
import type { ElementType } from '../../../shared/onnx/element-type.ts';
import type { Dim, ValueInfo } from '../../../shared/onnx/model.ts';

export const input = (
  name: string,
  elementType: ElementType,
  shape: readonly Dim[] | null,
): ValueInfo => ({ name, type: { kind: 'tensor', elementType, shape } });

export const signature = (
  name: string,
  type: TensorType,
  shape: readonly Dim[] | null,
): InputSignature => ({ name, type, shape });
