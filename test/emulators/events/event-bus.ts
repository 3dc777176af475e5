/** One EventBridge bus: rules, and the targets that they deliver to. */
import { createRandom, type Random } from '../../../shared/base/random.ts';
import type { Json } from '../states/json.ts';
import { matchesPattern } from './pattern.ts';
import { type InputSettings, targetInput } from './target-input.ts';

export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: { readonly [key: string]: Json };
}

/** Sends a payload to what an ARN names; may be called again when it rejects. */
export type Deliver = (arn: string, payload: string) => Promise<void>;

export interface Target extends InputSettings {
  readonly arn: string;
  /** Where events go that cannot be delivered. */
  readonly deadLetterArn?: string;
}

export interface Rule {
  readonly name: string;
  readonly pattern: Json;
  readonly targets: readonly Target[];
  /** Default true. */
  readonly isEnabled?: boolean;
}

/** What goes wrong on purpose, by a seed: a share from 0 to 1 of each. */
export interface BusFaults {
  readonly seed: number;
  /** Of all deliveries, made twice. */
  readonly duplicate?: number;
}

export interface BusOptions {
  readonly name?: string;
  readonly deliver: Deliver;
  readonly faults?: BusFaults;
  /** Between attempts at a delivery. Default 20; the service: longer each time, for a day. */
  readonly retryDelayMs?: number;
  /** Told of every event, whether a rule matches it or none. */
  readonly onEvent?: (event: BusEvent) => void;
  readonly log?: (line: string) => void;
}

/** Attempts at one delivery before it is given up. */
const ATTEMPTS = 4;

/** Keeps every event, so that a test can look at them. */
export class EventBus {
  readonly name: string;
  readonly events: BusEvent[] = [];
  readonly #options: BusOptions;
  readonly #random: Random;
  readonly #rules = new Map<string, Rule>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: BusOptions) {
    this.name = options.name ?? 'default';
    this.#options = options;
    this.#random = createRandom(options.faults?.seed ?? 0, `${this.name} duplicate`);
  }

  /** Adds or replaces a rule. @throws Error where its pattern is none */
  putRule(rule: Rule): void {
    matchesPattern(rule.pattern, {});
    this.#rules.set(rule.name, rule);
  }

  /** Delivers to the targets of all rules that match, and does not wait for it. */
  put(event: BusEvent): void {
    this.events.push(event);
    this.#options.onEvent?.(event);
    // Through JSON, as on the wire: what is undefined is absent.
    const json: Json = JSON.parse(JSON.stringify(event));
    for (const rule of this.#rules.values()) {
      if (rule.isEnabled === false || !matchesPattern(rule.pattern, json)) continue;
      for (const target of rule.targets) this.#begin(rule, target, json);
    }
  }

  /** When no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #begin(rule: Rule, target: Target, event: Json): void {
    const payload = targetInput(target, event, rule.name);
    const isTwice = this.#random.float() < (this.#options.faults?.duplicate ?? 0);
    for (let copy = 0; copy <= Number(isTwice); copy++) {
      const delivery = this.#deliver(target, payload, `${rule.name} → ${target.arn}`);
      this.#underWay.add(delivery);
      void delivery.finally(() => this.#underWay.delete(delivery));
    }
  }

  async #deliver(target: Target, payload: string, what: string): Promise<void> {
    const { deliver, retryDelayMs = 20, log } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await deliver(target.arn, payload);
      } catch (error) {
        log?.(`${what}: attempt ${attempt} failed: ${error}`);
        if (attempt === ATTEMPTS) break;
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
      }
    }
    if (target.deadLetterArn === undefined) return;
    await deliver(target.deadLetterArn, payload).catch((error) => {
      log?.(`${what}: lost, for the dead-letter queue refused it: ${error}`);
    });
  }
}
