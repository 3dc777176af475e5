/**
 * Which environment serves which invocation. Lambda starts an environment for every invocation that finds none idle;
 * one machine cannot, so beyond a number of environments invocations wait, and idle ones of other functions make room.
 */
import {
  Environment,
  type EnvironmentOptions,
  type Invocation,
  type Outcome,
} from './environment.ts';
import type { FunctionDefinition } from './settings.ts';

/** What happens to the environment on purpose while it works. */
export interface Sabotage {
  /** So long after it was asked, or once the work is done and not yet answered, whatever comes first. */
  readonly killAfterMs: number | 'done';
}

interface Job {
  readonly function: FunctionDefinition;
  readonly invocation: Invocation;
  readonly sabotage: Sabotage | undefined;
  readonly settle: (outcome: Outcome) => void;
}

/** All environments of an emulator. */
export class Scheduler {
  readonly #capacity: number;
  readonly #start: (fn: FunctionDefinition) => Omit<EnvironmentOptions, 'onEnd'>;
  /** Those that count: not the ones that were told to end and are about to. */
  readonly #living = new Set<Environment>();
  readonly #processes = new Set<Environment>();
  readonly #retired = new WeakSet<FunctionDefinition>();
  /** The one that has been idle longest is the first. */
  readonly #idle = new Set<Environment>();
  readonly #waiting: Job[] = [];
  #closed = false;

  constructor(
    capacity: number,
    start: (fn: FunctionDefinition) => Omit<EnvironmentOptions, 'onEnd'>,
  ) {
    this.#capacity = capacity;
    this.#start = start;
  }

  /** Runs it in an idle or a new environment, when there is room. */
  run(fn: FunctionDefinition, invocation: Invocation, sabotage?: Sabotage): Promise<Outcome> {
    return new Promise((settle) => {
      this.#waiting.push({ function: fn, invocation, sabotage, settle });
      this.#dispatch();
    });
  }

  /** Ends its environments, busy ones when they are done: the function has other settings now. */
  retire(fn: FunctionDefinition): void {
    this.#retired.add(fn);
    for (const environment of this.#idle) if (environment.function === fn) this.#end(environment);
  }

  /** Kills everything, now. */
  killAll(): void {
    this.#closed = true;
    for (const environment of this.#processes) environment.kill();
  }

  /** Kills everything and waits until it is gone. */
  async close(): Promise<void> {
    this.killAll();
    while (this.#processes.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  #dispatch(): void {
    while (!this.#closed) {
      const warm = this.#waiting.findIndex((job) => this.#idleOf(job.function) !== undefined);
      const room = this.#living.size < this.#capacity || this.#idle.size > 0;
      const [job] = warm >= 0 || room ? this.#waiting.splice(Math.max(warm, 0), 1) : [];
      if (!job) return;
      void this.#serve(this.#environmentFor(job.function), job);
    }
  }

  #idleOf(fn: FunctionDefinition): Environment | undefined {
    return [...this.#idle].findLast((environment) => environment.function === fn);
  }

  #environmentFor(fn: FunctionDefinition): Environment {
    const idle = this.#idleOf(fn);
    if (idle) {
      this.#idle.delete(idle);
      return idle;
    }
    const [oldest] = this.#idle;
    if (this.#living.size >= this.#capacity && oldest) this.#end(oldest);
    const environment = new Environment({
      ...this.#start(fn),
      onEnd: () => {
        this.#processes.delete(environment);
        this.#living.delete(environment);
        this.#idle.delete(environment);
        this.#dispatch();
      },
    });
    this.#living.add(environment);
    this.#processes.add(environment);
    return environment;
  }

  #end(environment: Environment): void {
    this.#idle.delete(environment);
    this.#living.delete(environment);
    environment.kill();
  }

  async #serve(environment: Environment, job: Job): Promise<void> {
    const running = environment.run(job.invocation);
    const { killAfterMs } = job.sabotage ?? {};
    let timer: NodeJS.Timeout | undefined;
    if (killAfterMs !== undefined) environment.killBeforeAnswer();
    if (typeof killAfterMs === 'number') timer = setTimeout(() => environment.kill(), killAfterMs);
    const outcome = await running;
    clearTimeout(timer);
    if (environment.alive) this.#idle.add(environment);
    if (this.#retired.has(job.function)) this.#end(environment);
    job.settle(outcome);
    this.#dispatch();
  }
}
