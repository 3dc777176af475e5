/** Which onnxruntime runs the models: part of the key of every step that runs one. */
import { sharedProcess } from './shared-process.ts';

let known: Promise<string> | undefined;

/** The version of onnxruntime-node, e.g. `1.30.0`, as the library itself reports it. */
export function runtimeVersion(): Promise<string> {
  known ??= sharedProcess()
    .ask('version', null, { doing: 'asking onnxruntime for its version' })
    .catch((error: unknown) => {
      known = undefined;
      throw error;
    });
  return known;
}
