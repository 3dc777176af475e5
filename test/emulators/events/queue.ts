/** One SQS queue: standard, at least once. */
import { createHash, randomUUID } from 'node:crypto';

export interface QueueOptions {
  readonly arn: string;
  /** Seconds that a received message stays invisible. Default 30. */
  readonly visibilityTimeout?: number;
  /** Seconds before a sent message can be received. Default 0. */
  readonly delay?: number;
  readonly deadLetter?: { readonly queue: Queue; readonly maxReceiveCount: number };
  /** Of all delays of this queue, so that a test need not wait. Default 1. */
  readonly timeScale?: number;
}

export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly md5: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  firstReceivedAt?: number;
  receiveCount: number;
}

/** A message in somebody's hands, until it is deleted or visible again. */
export interface Received {
  readonly message: Message;
  readonly receiptHandle: string;
}

interface Stored {
  readonly message: Message;
  visibleAt: number;
  receiptHandle?: string;
}

export interface ReceiveOptions {
  /** 1–10 for the API; a mapping takes more. */
  readonly max?: number;
  /** Waits so long for the first message. Default 0. */
  readonly waitSeconds?: number;
  readonly visibilityTimeout?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** The service's quota of one message; it was 256 KiB until 2025, and what fits there fits everywhere. */
export const MESSAGE_BYTES = 256 * 1024;

export class Queue {
  readonly arn: string;
  readonly name: string;
  readonly #options: QueueOptions;
  readonly #messages = new Set<Stored>();
  #wake = Promise.withResolvers<void>();

  constructor(options: QueueOptions) {
    this.arn = options.arn;
    this.name = options.arn.split(':').at(-1) ?? '';
    this.#options = options;
  }

  get visibilityTimeout(): number {
    return this.#options.visibilityTimeout ?? 30;
  }

  /** Messages that can be received now, and those that somebody holds or that are delayed. */
  get counts(): { readonly visible: number; readonly invisible: number } {
    const now = Date.now();
    const visible = [...this.#messages].filter(({ visibleAt }) => visibleAt <= now).length;
    return { visible, invisible: this.#messages.size - visible };
  }

  /** Throws where the body is empty or larger than 256 KiB. */
  send(body: string, delay = this.#options.delay ?? 0): Message {
    const bytes = Buffer.byteLength(body);
    if (bytes === 0 || bytes > MESSAGE_BYTES) throw new Error(`a message of ${bytes} bytes`);
    const md5 = createHash('md5').update(body).digest('hex');
    const sentAt = Date.now();
    const message: Message = { messageId: randomUUID(), body, md5, sentAt, receiveCount: 0 };
    this.#add(message, delay);
    return message;
  }

  /** Up to so many messages; those received too often go to the dead-letter queue instead. */
  async receive(options: ReceiveOptions = {}): Promise<readonly Received[]> {
    const { max = 1, waitSeconds = 0, signal } = options;
    const deadline = Date.now() + this.#scaled(waitSeconds);
    for (;;) {
      const taken = this.#take(max, options.visibilityTimeout ?? this.visibilityTimeout);
      const now = Date.now();
      if (taken.length > 0 || now >= deadline || signal?.aborted) return taken;
      await this.#arrival(Math.min(deadline, this.#nextVisible()) - now, signal);
    }
  }

  /** Whether the handle was that of the last receipt; an older one no longer deletes. */
  delete(receiptHandle: string): boolean {
    const stored = this.#held(receiptHandle);
    return stored !== undefined && this.#messages.delete(stored);
  }

  /** Makes a received message visible after so many seconds. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const stored = this.#held(receiptHandle);
    if (stored) this.#show(stored, seconds);
  }

  #add(message: Message, delay: number): void {
    const stored: Stored = { message, visibleAt: 0 };
    this.#messages.add(stored);
    this.#show(stored, delay);
  }

  #show(stored: Stored, seconds: number): void {
    stored.visibleAt = Date.now() + this.#scaled(seconds);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  #take(max: number, visibilityTimeout: number): readonly Received[] {
    const now = Date.now();
    const { deadLetter } = this.#options;
    const taken: Received[] = [];
    for (const stored of this.#messages) {
      if (taken.length === max) break;
      if (stored.visibleAt > now) continue;
      const { message } = stored;
      if (deadLetter && message.receiveCount >= deadLetter.maxReceiveCount) {
        this.#messages.delete(stored);
        deadLetter.queue.#add({ ...message, receiveCount: 0 }, 0);
        continue;
      }
      message.receiveCount++;
      message.firstReceivedAt ??= now;
      stored.receiptHandle = randomUUID();
      stored.visibleAt = now + this.#scaled(visibilityTimeout);
      taken.push({ message, receiptHandle: stored.receiptHandle });
    }
    return taken;
  }

  #held(receiptHandle: string): Stored | undefined {
    return [...this.#messages].find((stored) => stored.receiptHandle === receiptHandle);
  }

  #nextVisible(): number {
    return Math.min(...[...this.#messages].map(({ visibleAt }) => visibleAt));
  }

  #scaled(seconds: number): number {
    return seconds * 1000 * (this.#options.timeScale ?? 1);
  }

  /** Resolves after the time, or before when a message comes or the signal is aborted. */
  async #arrival(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    const stop = (): void => resolve();
    signal?.addEventListener('abort', stop);
    await Promise.race([promise, this.#wake.promise]);
    signal?.removeEventListener('abort', stop);
    clearTimeout(timer);
  }
}
