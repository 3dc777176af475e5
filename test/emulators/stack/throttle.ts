/** Calls of an API that are throttled on purpose. */
import { createRandom } from '../../../shared/base/random.ts';
import { ApiError } from '../json-api.ts';

/** Refuses a share of all calls, chosen by the seed; clients try again. */
export function throttle(seed: number, api: string, share = 0): () => ApiError | undefined {
  const random = createRandom(seed, `${api} throttle`);
  return () =>
    random.float() < share ? new ApiError('ThrottlingException', 'Rate exceeded') : undefined;
}
