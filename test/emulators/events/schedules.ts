/** EventBridge Scheduler whose hour comes when somebody says so. */
import { randomUUID } from 'node:crypto';
import type { Deliver } from './event-bus.ts';
import { isoSeconds } from './start-events.ts';

export interface Schedule {
  readonly name: string;
  readonly arn: string;
  /** Like `rate(1 day)`; kept, never waited for. */
  readonly expression: string;
  readonly isEnabled: boolean;
  readonly target: { readonly arn: string; readonly input?: string };
}

export class Schedules {
  readonly #entries = new Map<string, Schedule>();
  readonly #deliver: Deliver;

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  add(schedule: Schedule): void {
    this.#entries.set(schedule.name, schedule);
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Sends the schedule's input to its target now, whether it is enabled or not. */
  async fire(name: string): Promise<void> {
    const schedule = this.#entries.get(name);
    if (!schedule) throw new Error(`No schedule '${name}' (${this.names.join(', ')})`);
    const { arn, input = '{}' } = schedule.target;
    await this.#deliver(arn, fill(input, schedule.arn));
  }
}

/** The keywords that a schedule's input may hold. */
function fill(input: string, scheduleArn: string): string {
  const values: Readonly<Record<string, string>> = {
    'schedule-arn': scheduleArn,
    'scheduled-time': isoSeconds(Date.now()),
    'execution-id': randomUUID(),
    'attempt-number': '1',
  };
  return input.replace(/<aws\.scheduler\.([\w-]+)>/g, (part, key: string) => values[key] ?? part);
}
