/** What a function used: the numbers that cost figures are made of. */
import type { ColdStart, Outcome } from './environment.ts';

/** Of one function, since the start. */
export interface Usage {
  readonly invocations: number;
  /** Answers with a function error. */
  readonly errors: number;
  readonly throttles: number;
  readonly billedMs: number;
  /** What Lambda charges for: memory as set, by billed time. */
  readonly gbSeconds: number;
  /** The most that one environment held, all its processes together. */
  readonly peakBytes: number;
  readonly coldStarts: readonly ColdStart[];
}

/** Whole milliseconds; the initialization is charged too, since August 2025 also for images. */
export const billedMs = (durationMs: number, initMs = 0): number => Math.ceil(durationMs + initMs);

/** Adds up one function's outcomes. */
export class Meter {
  readonly #memory: number;
  #usage: Usage = {
    invocations: 0,
    errors: 0,
    throttles: 0,
    billedMs: 0,
    gbSeconds: 0,
    peakBytes: 0,
    coldStarts: [],
  };

  /** `memory`: MB as set. */
  constructor(memory: number) {
    this.#memory = memory;
  }

  get usage(): Usage {
    return this.#usage;
  }

  throttled(): void {
    this.#usage = { ...this.#usage, throttles: this.#usage.throttles + 1 };
  }

  add({ durationMs, failed, cold, peakBytes }: Outcome): void {
    const billed = billedMs(durationMs, cold?.initMs);
    const before = this.#usage;
    this.#usage = {
      ...before,
      invocations: before.invocations + 1,
      errors: before.errors + (failed ? 1 : 0),
      billedMs: before.billedMs + billed,
      gbSeconds: before.gbSeconds + (this.#memory / 1024) * (billed / 1000),
      peakBytes: Math.max(before.peakBytes, peakBytes),
      coldStarts: cold ? [...before.coldStarts, cold] : before.coldStarts,
    };
  }
}
