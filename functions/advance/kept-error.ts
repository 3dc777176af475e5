/** The error of a job between the function that met it and the one that publishes it: a state carries only text. */
import { type FettleError, ToolError } from '../../shared/base/errors.ts';
import type { ExecutionKeys } from '../../shared/pipeline/distributed/execution.ts';
import type { ObjectStore } from '../../shared/pipeline/distributed/object-store.ts';
import { readJson } from '../../shared/pipeline/distributed/read-json.ts';
import { fromWire, toWire, wireErrorSchema } from '../../shared/pipeline/local/error-wire.ts';
import type { StateError } from '../state-error.ts';

/** Keeps what is to be told; of several the last. */
export async function keepError(
  error: unknown,
  keys: ExecutionKeys,
  objects: ObjectStore,
): Promise<void> {
  await objects.put(keys.error, JSON.stringify(toWire(error)));
}

/** What was kept; else what the state machine says: the function itself was stopped. */
export async function keptError(
  keys: ExecutionKeys,
  objects: ObjectStore,
  said: StateError,
): Promise<FettleError> {
  const found = await readJson(objects, keys.error, wireErrorSchema);
  if (found) return fromWire(found.value);
  return new ToolError(
    `the job was stopped: ${said.Error} ${(said.Cause ?? '').slice(0, 500)}`.trim(),
  );
}
