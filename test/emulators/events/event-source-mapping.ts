/** What Lambda does with a queue: takes batches, calls the function, deletes what went well. */
import { isJsonObject, type Json } from '../states/json.ts';
import type { Queue, Received } from './queue.ts';

export interface MappingOptions {
  readonly queue: Queue;
  /** Gives what the function answered; rejects when it failed or was throttled. */
  readonly invoke: (event: Json) => Promise<Json>;
  /** Most messages of one call. Default 10. */
  readonly batchSize?: number;
  /** Calls at one time. Default 5, with which the service begins. */
  readonly maximumConcurrency?: number;
  /** Whether the answer's `batchItemFailures` is read. */
  readonly reportsItemFailures?: boolean;
  /**
   * Seconds until a failed message comes again. The service leaves it invisible until its time-out ends;
   * that is the default, and minutes where the function may run for minutes.
   */
  readonly retryDelay?: number;
  readonly region?: string;
  readonly log?: (line: string) => void;
}

/** Works until it is stopped. */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  readonly #stopped = new AbortController();
  readonly #workers: Promise<unknown>;

  constructor(options: MappingOptions) {
    this.#options = options;
    const workers = Array.from({ length: options.maximumConcurrency ?? 5 }, () => this.#work());
    this.#workers = Promise.all(workers);
  }

  /** Takes no more messages, and resolves when the calls under way have ended. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#workers;
  }

  async #work(): Promise<void> {
    const { queue, batchSize = 10 } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const batch = await queue.receive({ max: batchSize, waitSeconds: POLL_SECONDS, signal });
      if (batch.length > 0) await this.#process(batch);
    }
  }

  async #process(batch: readonly Received[]): Promise<void> {
    const { queue, invoke, retryDelay, log } = this.#options;
    const failed = await invoke({ Records: batch.map((received) => this.#record(received)) })
      .then((answer) => this.#failuresIn(answer, batch))
      .catch((error) => {
        log?.(`${queue.name}: a call failed: ${error}`);
        return new Set(batch);
      });
    if (failed.size > 0) log?.(`${queue.name}: ${failed.size} of ${batch.length} messages failed`);
    for (const received of batch) {
      if (!failed.has(received)) queue.delete(received.receiptHandle);
      else if (retryDelay !== undefined) queue.changeVisibility(received.receiptHandle, retryDelay);
    }
  }

  /** The whole batch where the answer names a message that is not in it, as the service does. */
  #failuresIn(answer: Json, batch: readonly Received[]): ReadonlySet<Received> {
    if (!this.#options.reportsItemFailures) return new Set();
    const failures = isJsonObject(answer) ? (answer.batchItemFailures ?? []) : [];
    if (!Array.isArray(failures)) return new Set(batch);
    const ids = failures.map((item: Json) => (isJsonObject(item) ? item.itemIdentifier : ''));
    const failed = batch.filter(({ message }) => ids.includes(message.messageId));
    return new Set(failed.length === new Set(ids).size ? failed : batch);
  }

  #record({ message, receiptHandle }: Received): Json {
    const { queue, region = 'us-east-1' } = this.#options;
    return {
      messageId: message.messageId,
      receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        SenderId: 'AIDAEMULATED',
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      },
      messageAttributes: {},
      md5OfBody: message.md5,
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: region,
    };
  }
}

/** A worker without messages asks again after so long; a message or the end wakes it at once. */
const POLL_SECONDS = 60;
