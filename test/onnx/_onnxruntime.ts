/** onnxruntime in the test's own process, as an oracle for models that are known not to abort it. */
import ort from 'onnxruntime-node';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { bytesOf } from '../../shared/onnx/make-tensor.ts';

const OPTIONS: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
  graphOptimizationLevel: 'disabled',
};

/** Loads a file's bytes; rejects with onnxruntime's own words when it refuses them. */
export async function loadForOracle(bytes: Uint8Array): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, OPTIONS);
}

/**
 * Outputs by name, each as its type, dims and bytes in one text, so that NaN equals itself; or, as
 * `error`, what onnxruntime says when it cannot run the model.
 */
export async function outputsOf(
  session: ort.InferenceSession,
  feeds: NamedTensors,
): Promise<ReadonlyMap<string, string>> {
  try {
    return await run(session, feeds);
  } catch (error) {
    return new Map([['error', String(error)]]);
  }
}

async function run(
  session: ort.InferenceSession,
  feeds: NamedTensors,
): Promise<ReadonlyMap<string, string>> {
  const tensors = Object.entries(feeds).map(([name, tensor]) => [name, ortTensor(tensor)]);
  const results = await session.run(Object.fromEntries(tensors));
  return new Map(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      `${type} [${dims}] ${ArrayBuffer.isView(data) ? textOf(data) : JSON.stringify(data)}`,
    ]),
  );
}

function ortTensor({ type, dims, data }: Tensor): ort.Tensor {
  if (type === 'string') return new ort.Tensor('string', data as string[], dims);
  const made = new ort.Tensor(type, data as Float32Array, dims);
  // The native side does not know the Float16Array that the constructor makes of the bits.
  if (type === 'float16') Object.defineProperty(made, 'data', { value: data });
  return made;
}

function textOf(data: ArrayBufferView): string {
  return Buffer.from(bytesOf(data as Uint8Array)).toString('latin1');
}
