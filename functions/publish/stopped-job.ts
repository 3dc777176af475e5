/**
 * A job whose execution was stopped from outside: the machine had no turn to tell of it. EventBridge does, at least
 * once, and maybe after the job was published.
 */
import { z } from 'zod';
import { isPublished } from '../../shared/pipeline/distributed/submit.ts';
import { processS3Client } from '../adapters/clients.ts';
import { S3Objects } from '../adapters/s3-objects.ts';
import { readSettings } from '../settings.ts';
import { publishEventSchema, publishJob } from './publish-job.ts';

const WHY = {
  ABORTED: 'somebody ended its execution in Step Functions',
  TIMED_OUT: 'its execution took longer than any may',
} as const;

const stopSchema = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({
    name: z.string(),
    status: z.enum(['ABORTED', 'TIMED_OUT']),
    /** What the execution was started with, as text; it is far smaller than what EventBridge leaves out. */
    input: z.string(),
  }),
});

/** Tells of the failure as the machine would have; gives the detail of the event, or nothing where there is no failure. */
export async function publishStop(event: unknown): Promise<unknown> {
  const { name: execution, status, input } = stopSchema.parse(event).detail;
  const started = z.looseObject({}).parse(JSON.parse(input));
  const message = { ...started, action: 'fail', execution, error: { Error: WHY[status] } };
  const { name, request } = publishEventSchema.parse(message);
  const objects = new S3Objects(processS3Client(), readSettings().outbox);
  return (await isPublished(objects, name, request)) ? null : publishJob(message);
}
