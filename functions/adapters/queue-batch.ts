/** Messages of a queue that come together and fail one by one. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/** Takes each message's body; the queue gives those again whose taking throws. */
export const takeMessages = (
  event: SQSEvent,
  take: (body: string) => Promise<void>,
): Promise<SQSBatchResponse> =>
  processPartialResponse(
    event,
    ({ body }: SQSRecord) => take(body),
    new BatchProcessor(EventType.SQS),
    {
      // That all failed is told as each of them is: as an error it would be the function's.
      throwOnFullBatchFailure: false,
    },
  );
