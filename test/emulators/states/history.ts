import { HISTORY_EVENTS } from './limits.ts';
import { StatesError } from './states-error.ts';

/** An event as `GetExecutionHistory` gives it, with the details of its kind under their own key. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly details: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What one execution did; an execution that needs more events than the service keeps has failed. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws `States.Runtime` where the quota of events is spent. */
  add(type: string, details: HistoryEvent['details'] = {}): void {
    if (this.events.length >= HISTORY_EVENTS) {
      throw new StatesError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${HISTORY_EVENTS}).`,
      );
    }
    this.end(type, details);
  }

  /** The event that ends the execution, which has room beyond the quota. */
  end(type: string, details: HistoryEvent['details'] = {}): void {
    const previousEventId = this.events.length;
    this.events.push({
      id: previousEventId + 1,
      previousEventId,
      type,
      timestamp: this.#now(),
      details,
    });
  }
}
