/** What becomes of a shard whose worker was stopped, or never began, or found its addresses refused. */
import { LimitError, ToolError } from '../../shared/base/errors.ts';
import type { ExecutionKeys } from '../../shared/pipeline/distributed/execution.ts';
import type { ObjectStore } from '../../shared/pipeline/distributed/object-store.ts';
import type { StepFailure } from '../../shared/pipeline/distributed/result.ts';
import { toWire } from '../../shared/pipeline/local/error-wire.ts';
import { isExpired, messageOfCause, type StateError } from '../state-error.ts';

/** How often a shard is ordered again: each time it may have waited for hours. */
const EXPIRIES = 3;

/** Writes down that it failed, or, where only its addresses ended, that it is to be ordered again. */
export async function noteFailure(
  key: string,
  error: StateError,
  keys: ExecutionKeys,
  objects: Pick<ObjectStore, 'put'>,
): Promise<void> {
  if (isExpired(error)) {
    for (let count = 0; count < EXPIRIES; count++)
      if (await objects.put(keys.expired(key, count), '{}', { ifNoneMatch: '*' })) return;
  }
  const failure: StepFailure = {
    schema: 'fettle.result/1',
    key,
    status: 'failed',
    error: toWire(isExpired(error) ? expired() : stopped(error)),
  };
  await objects.put(keys.failure(key), JSON.stringify(failure), { ifNoneMatch: '*' });
}

const expired = (): ToolError =>
  new ToolError(`the addresses of an order ended ${EXPIRIES} times before its worker did`, {
    hint: 'The queue is longer than a day, or jobs take longer than addresses are renewed: give it more machines, or redrive the execution.',
  });

const stopped = ({ Error: name, Cause }: StateError): LimitError =>
  new LimitError(`the worker was stopped: ${name}${messageOf(Cause)}`, {
    hint: 'It ran out of memory or time: give the lane more, or take a smaller model.',
  });

/** Of a cause as long as a line; a job's is a description, or JSON that nobody reads. */
function messageOf(cause = ''): string {
  const message = cause === '' ? undefined : messageOfCause(cause);
  return message === undefined ? '' : ` (${message.slice(0, 300)})`;
}
