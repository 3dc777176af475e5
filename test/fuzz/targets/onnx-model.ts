/** Any bytes as an ONNX model: a clean error, or one that is the same after it was written and read, and passes the verifier if it did before. */
import { FettleError } from '../../../shared/base/errors.ts';
import { acceptModel } from '../../../shared/onnx/accept-model.ts';
import { decodeModel } from '../../../shared/onnx/read-model.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';

/** @throws whatever is not an error for the user: a crash, or a round trip that changes or breaks the model. */
export function fuzz(data: Uint8Array): void {
  const model = readOrRefuse(() => decodeModel(data));
  if (!model) return;
  const accepted = readOrRefuse(() => acceptModel(model));
  const first = readOrRefuse(() => encodeModel(model));
  if (!first) return;
  const second = encodeModel(decodeModel(first));
  if (Buffer.compare(first, second) !== 0) throw new Error('a model changed on its way');
  // An error here is one of ours: what was accepted once is a model.
  if (accepted) acceptModel(decodeModel(encodeModel(accepted.model)));
}

function readOrRefuse<T extends object>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    // Exit code 2 or 3: the file is bad, or asks for what there is not.
    if (error instanceof FettleError && (error.exitCode === 2 || error.exitCode === 3))
      return undefined;
    throw error;
  }
}
