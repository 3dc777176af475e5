/** Any bytes as an ONNX model: a clean error, or a model that is the same after it was written and read. */
import { FettleError } from '../../../shared/base/errors.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { decodeModel } from '../../../shared/onnx/read-model.ts';
import { verifyModel } from '../../../shared/onnx/verify.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** @throws whatever is not an error for the user: a crash, or a round trip that changes the model. */
export function fuzz(data: Uint8Array): void {
  const model = readOrRefuse(() => decodeModel(data));
  if (!model) return;
  verifyModel(model);
  const first = readOrRefuse(() => encodeModel(model));
  if (!first) return;
  const second = encodeModel(decodeModel(first));
  if (Buffer.compare(first, second) !== 0) throw new Error('a model changed on its way');
}

function readOrRefuse<T extends Model | Uint8Array>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    // Exit code 2 or 3: the file is bad, or asks for what there is not.
    if (error instanceof FettleError && (error.exitCode === 2 || error.exitCode === 3))
      return undefined;
    throw error;
  }
}
