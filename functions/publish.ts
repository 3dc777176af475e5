/** The end of a job: its run, pointer and event, or its error and event. */
import { endJob, isEnd } from './publish/end-job.ts';

/**
 * Input: `{ action: "publish" | "fail", execution, request, name, attempt, round, error? }`, or
 * `{ action: "end", error, redrives, toldAt }`.
 */
export async function handler(event: unknown): Promise<unknown> {
  if (isEnd(event)) return endJob(event);
  const { publishJob } = await import('./publish/publish-job.ts');
  return publishJob(event);
}
