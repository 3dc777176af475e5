/** Chooses by a seed what goes wrong. */
import { createRandom, type Random } from '../../../shared/base/random.ts';
import type { Sabotage } from './scheduler.ts';
import type { Faults } from './settings.ts';

/** Draws of one function: those of another do not change them. */
export class FaultDraws {
  readonly #faults: Faults;
  readonly #random: { readonly [Kind in 'throttle' | 'kill' | 'duplicate']: Random };
  /** Of the last invocation: when "halfway" is. */
  #typicalMs = 100;

  constructor(faults: Faults, functionName: string) {
    this.#faults = faults;
    const stream = (kind: string): Random => createRandom(faults.seed, `${functionName} ${kind}`);
    this.#random = {
      throttle: stream('throttle'),
      kill: stream('kill'),
      duplicate: stream('duplicate'),
    };
  }

  throttles(): boolean {
    return this.#random.throttle.float() < (this.#faults.throttle ?? 0);
  }

  duplicates(): boolean {
    return this.#random.duplicate.float() < (this.#faults.duplicate ?? 0);
  }

  /** A third of the killed die at once, a third while they work, a third with the work done and the answer lost. */
  sabotage(): Sabotage | undefined {
    const random = this.#random.kill;
    const killed = random.float() < (this.#faults.kill ?? 0);
    const moment = random.below(3);
    const part = random.float();
    if (!killed) return undefined;
    if (moment === 0) return { killAfterMs: 0 };
    return { killAfterMs: moment === 1 ? part * this.#typicalMs : 'done' };
  }

  /** How long an invocation took that was left alone. */
  took(durationMs: number): void {
    this.#typicalMs = durationMs;
  }
}
