/** One function as its callers see it: throttling, events with their retries and destinations, metering. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Outcome } from './environment.ts';
import { FaultDraws } from './faults.ts';
import { Meter, type Usage } from './meter.ts';
import type { Scheduler } from './scheduler.ts';
import { ServiceError } from './service-error.ts';
import type { DestinationRecord, Faults, FunctionDefinition } from './settings.ts';

/** One call. */
export interface Call {
  readonly payload: Uint8Array;
  readonly clientContext?: string | undefined;
  readonly qualifier?: string | undefined;
}

/** What all functions of an emulator share. */
export interface Shared {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  /** Before the first and, twice as long, the second retry of an event; Lambda waits one minute and two. */
  readonly retryDelayMs: number;
  /** Aborted when the emulator is closed: events that wait are given up. */
  readonly closed: AbortSignal;
}

/** Between attempts of an event that is throttled; each pause is twice the one before, up to this. */
const MAX_PAUSE_MS = 1000;

/** See above. */
export class LambdaFunction {
  readonly definition: FunctionDefinition;
  readonly #shared: Shared;
  readonly #faults: FaultDraws;
  readonly #meter: Meter;
  readonly #events = new Set<Promise<void>>();
  #running = 0;

  constructor(definition: FunctionDefinition, shared: Shared) {
    this.definition = definition;
    this.#shared = shared;
    this.#faults = new FaultDraws(shared.faults, definition.name);
    this.#meter = new Meter(definition.memory);
  }

  get usage(): Usage {
    return this.#meter.usage;
  }

  /** Version that a qualifier names. @throws ServiceError ResourceNotFoundException */
  versionOf(qualifier: string | undefined): string {
    if (qualifier === undefined || qualifier === '$LATEST') return '$LATEST';
    const { aliases, arn } = this.definition;
    const version = Object.values(aliases).includes(qualifier) ? qualifier : aliases[qualifier];
    if (version !== undefined) return version;
    throw new ServiceError(
      404,
      'ResourceNotFoundException',
      `Function not found: ${arn}:${qualifier}`,
    );
  }

  /** Runs it and waits. @throws ServiceError TooManyRequestsException */
  async request(call: Call, id: string = randomUUID()): Promise<Outcome> {
    const { reservedConcurrency = Infinity, arn } = this.definition;
    if (this.#running >= reservedConcurrency) {
      this.#throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    if (this.#faults.throttles()) this.#throttled('ConcurrentInvocationLimitExceeded');
    const { payload, clientContext, qualifier } = call;
    this.#running++;
    try {
      const sabotage = this.#faults.sabotage();
      const outcome = await this.#shared.scheduler.run(
        this.definition,
        {
          id,
          payload,
          clientContext,
          arn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
        },
        sabotage,
      );
      this.#meter.add(outcome);
      if (!sabotage) this.#faults.took(outcome.durationMs);
      return outcome;
    } finally {
      this.#running--;
    }
  }

  /** Takes an event: it runs later, at least once. */
  accept(call: Call, id: string): void {
    const deliveries = this.#faults.duplicates() ? 2 : 1;
    for (let delivery = 0; delivery < deliveries; delivery++) {
      const done = this.#deliver(call, id).finally(() => this.#events.delete(done));
      this.#events.add(done);
    }
  }

  /** When no event is under way. */
  async settled(): Promise<void> {
    while (this.#events.size > 0) await Promise.all(this.#events);
  }

  #throttled(reason: string): never {
    this.#meter.throttled();
    throw new ServiceError(429, 'TooManyRequestsException', 'Rate Exceeded.', {
      Reason: reason,
      retryAfterSeconds: '1',
    });
  }

  async #deliver(call: Call, id: string): Promise<void> {
    const { retries, onFailure, onSuccess } = this.definition;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#untilAccepted(call, id);
      if (!outcome) return;
      if (!outcome.failed) return onSuccess?.(this.#record(call, outcome, attempt));
      if (attempt > retries) return onFailure?.(this.#record(call, outcome, attempt));
      await this.#pause(this.#shared.retryDelayMs * attempt);
    }
  }

  /** A throttled event is tried again, for six hours in Lambda, and the attempt is not counted. */
  async #untilAccepted(call: Call, id: string): Promise<Outcome | undefined> {
    for (let ms = this.#shared.retryDelayMs; !this.#shared.closed.aborted; ms *= 2) {
      try {
        return await this.request(call, id);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        await this.#pause(Math.min(ms, MAX_PAUSE_MS));
      }
    }
    return undefined;
  }

  #pause(ms: number): Promise<void> {
    return setTimeout(ms, undefined, { signal: this.#shared.closed }).catch(() => {});
  }

  #record(call: Call, { id, failed, body }: Outcome, attempts: number): DestinationRecord {
    const { qualifier = '$LATEST' } = call;
    return {
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: {
        requestId: id,
        functionArn: `${this.definition.arn}:${qualifier}`,
        condition: failed ? 'RetriesExhausted' : 'Success',
        approximateInvokeCount: attempts,
      },
      requestPayload: JSON.parse(Buffer.from(call.payload).toString()),
      responseContext: {
        statusCode: 200,
        executedVersion: this.versionOf(call.qualifier),
        ...(failed && { functionError: 'Unhandled' }),
      },
      responsePayload: JSON.parse(body.toString()),
    };
  }
}
