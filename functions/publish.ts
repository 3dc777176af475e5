/** The end of a job: its run, pointer and event, or its error and event. */
import { endJob, isEnd } from './publish/end-job.ts';

/**
 * Input: `{ action: "publish" | "fail", execution, request, name, attempt, round, error? }`, or
 * `{ action: "end", error, redrives, toldAt }`; or EventBridge's event of an execution that was stopped.
 */
export async function handler(event: unknown): Promise<unknown> {
  if (isEnd(event)) return endJob(event);
  if (isStop(event)) {
    const { publishStop } = await import('./publish/stopped-job.ts');
    return publishStop(event);
  }
  const { publishJob } = await import('./publish/publish-job.ts');
  return publishJob(event);
}

const isStop = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'detail-type' in event;
