/** The end of a job: its run, pointer and event, or its error and event. */

/** Input: `{ action: "publish" | "fail", execution, request, name, attempt, round, error? }`. */
export async function handler(event: unknown): Promise<unknown> {
  const { publishJob } = await import('./publish/publish-job.ts');
  return publishJob(event);
}
