/** Objects that arrived in the inbox. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/** Input: messages of the queue, each an event of S3. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const { takeUploads } = await import('./ingest/take-uploads.ts');
  return takeUploads(event);
}
