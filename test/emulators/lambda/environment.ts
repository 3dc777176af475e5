/**
 * One execution environment: a process of the runtime interface client with the function's code, a temporary folder,
 * a memory limit and a Runtime API of its own. It serves one invocation at a time, as in Lambda; unlike there, it is
 * not frozen between two.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killGroup } from '../../../shared/pipeline/local/process-tree.ts';
import { environmentVariables } from './environment-variables.ts';
import { MAX_INIT_MS } from './limits.ts';
import { growTree, killTree, processesWith, processTable } from './process-tree.ts';
import { reportLine } from './report-line.ts';
import { RuntimeApi } from './runtime-api.ts';
import type { RuntimeFiles } from './runtime-client-file.ts';
import type { FunctionDefinition } from './settings.ts';
import { type Watched, watch } from './watch.ts';

/** Where the runtime interface client is, and where the environment may write. */
export interface EnvironmentOptions extends RuntimeFiles {
  readonly function: FunctionDefinition;
  readonly region: string;
  /** Becomes the temporary folder; made and removed here. */
  readonly temp: string;
  /** All that the function's processes write. */
  readonly log: (text: string) => void;
  /** It is gone: killed, crashed or ended by itself. */
  readonly onEnd: () => void;
}

/** One piece of work. */
export interface Invocation {
  readonly id: string;
  readonly payload: Uint8Array;
  readonly arn: string;
  readonly clientContext?: string | undefined;
}

/** What came of it. `failed`: the function threw, or the environment ended. */
export interface Outcome {
  readonly id: string;
  readonly body: Buffer;
  readonly failed: boolean;
  /** Since the work was given. */
  readonly durationMs: number;
  /** Given for the first invocation of an environment that came so far. */
  readonly cold?: ColdStart;
  readonly peakBytes: number;
  readonly log: string;
}

/** How long a new environment took. */
export interface ColdStart {
  /** From the start of the process until the runtime, with the function's module loaded, asked for work. */
  readonly initMs: number;
  /** From the start of the process to the first line of the handler; unknown of one that never answered. */
  readonly handlerMs?: number;
  /** Of that, how long it waited for a CPU that others had; on a quiet machine next to nothing. */
  readonly waitedMs?: number;
}

interface Current {
  readonly invocation: Invocation;
  readonly settle: (outcome: Outcome) => void;
  log: string;
  /** When the work was given; undefined during the initialization. */
  startedAt: number | undefined;
  timer: NodeJS.Timeout | undefined;
  answer: { readonly body: Buffer; readonly failed: boolean } | undefined;
  killAfterwards: boolean;
}

const now = (): number => performance.timeOrigin + performance.now();

/** Starts at once. */
export class Environment {
  readonly #options: EnvironmentOptions;
  readonly #watched: Watched;
  readonly #spawnedAt: number;
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #unwatch = (): void => {};
  #current: Current | undefined;
  #ready = false;
  #ended = false;
  /** Until the first invocation is done. */
  #cold: ColdStart | undefined;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    const { memory, ephemeralStorage } = options.function;
    this.#watched = {
      members: new Set(),
      temp: options.temp,
      memoryLimit: memory * 2 ** 20,
      tempLimit: ephemeralStorage * 2 ** 20,
      peakBytes: 0,
      peakTempBytes: 0,
      exceeded: (what) => {
        this.#write(`\n${what} exceeded: ${what === 'memory' ? memory : ephemeralStorage} MB\n`);
        this.kill();
      },
    };
    this.#spawnedAt = now();
    void this.#start();
  }

  get function(): FunctionDefinition {
    return this.#options.function;
  }

  /** Whether it can be given work. */
  get alive(): boolean {
    return !this.#ended;
  }

  /** Gives it work; only to one that has none. Never rejects: a dead environment is an outcome. */
  run(invocation: Invocation): Promise<Outcome> {
    return new Promise((settle) => {
      this.#current = {
        invocation,
        settle,
        log: '',
        startedAt: undefined,
        timer: undefined,
        answer: undefined,
        killAfterwards: false,
      };
      if (this.#ended) this.#finish();
      else if (this.#ready) this.#give();
      else this.#limit(MAX_INIT_MS + this.function.timeout * 1000);
    });
  }

  /** Ends every process of it now; what it does fails as Lambda says it. */
  kill(): void {
    growTree(this.#watched.members, processTable());
    killTree(this.#watched.members);
    if (this.#child?.pid !== undefined) killGroup(this.#child.pid);
  }

  /** Ends it when the work is done, and lets the work count as lost. */
  killBeforeAnswer(): void {
    if (this.#current) this.#current.killAfterwards = true;
  }

  async #start(): Promise<void> {
    const {
      function: { name, root, handler, container = {} },
      client,
      ric,
      temp,
    } = this.#options;
    const { node = process.execPath, user } = container;
    mkdirSync(temp, { recursive: true });
    if (user !== undefined) chownSync(temp, user, user);
    this.#api = await RuntimeApi.listen({
      onNext: () => this.#onNext(),
      onAnswer: ({ id, body, failed }) => {
        const current = this.#current;
        if (current?.invocation.id !== id || current.answer) return;
        if (current.killAfterwards) this.kill();
        else current.answer = { body, failed };
      },
      onInitError: (body) => {
        if (this.#current) this.#current.answer = { body, failed: true };
      },
      onHandlerCalled: (at, waitedMs) => {
        if (this.#cold) this.#cold = { ...this.#cold, handlerMs: at - this.#spawnedAt, waitedMs };
      },
    });
    if (this.#ended) return this.#api.close();
    // Node gives its heap half of a machine's memory, and this machine is not the function's. A session of its own:
    // the group is known by its leader.
    const heap = `--max-old-space-size=${Math.max(64, this.function.memory / 2)}`;
    // A folder of functions begins as its image does.
    const start = existsSync(join(root, 'start.js')) ? ['start.js'] : [];
    const child = spawn(node, [heap, ...start, client, ric, handler], {
      cwd: root,
      detached: true,
      ...(user !== undefined && { uid: user, gid: user }),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environmentVariables(this.#options, this.#api.address),
    });
    this.#child = child;
    if (child.pid !== undefined) this.#watched.members.add(child.pid);
    this.#unwatch = watch(this.#watched);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#write(text));
    }
    child.on('error', (error) => this.#write(`${name}: ${error.message}\n`));
    // Children in groups of their own outlive the runtime, and may hold its output open.
    child.on('exit', () => killTree([...this.#watched.members, ...processesWith(temp)]));
    child.on('close', (code, signal) => this.#onExit(code, signal));
  }

  #write(text: string): void {
    if (this.#current) this.#current.log += text;
    this.#options.log(text);
  }

  #onNext(): void {
    if (!this.#ready) {
      this.#ready = true;
      this.#cold = { initMs: now() - this.#spawnedAt };
      if (this.#current) this.#give();
      return;
    }
    // What the function wrote is on its way through the pipe.
    setTimeout(() => this.#finish(), 1);
  }

  #give(): void {
    const current = this.#current;
    if (!current) return;
    const timeoutMs = this.function.timeout * 1000;
    current.startedAt = now();
    this.#limit(timeoutMs);
    this.#write(`START RequestId: ${current.invocation.id} Version: $LATEST\n`);
    this.#api?.give({ ...current.invocation, deadlineMs: Math.floor(Date.now() + timeoutMs) });
  }

  #limit(ms: number): void {
    const current = this.#current;
    if (!current) return;
    clearTimeout(current.timer);
    current.timer = setTimeout(() => {
      if (current.answer) return;
      const { id } = current.invocation;
      const seconds = this.function.timeout.toFixed(2);
      current.answer = error(
        'Sandbox.Timedout',
        `RequestId: ${id} Error: Task timed out after ${seconds} seconds`,
      );
      this.kill();
    }, ms);
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#ended = true;
    this.#unwatch();
    this.#api?.close();
    rmSync(this.#options.temp, { recursive: true, force: true, maxRetries: 3 });
    if (this.#current) {
      const { id } = this.#current.invocation;
      const how =
        signal !== null
          ? `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`
          : `exit status ${code}`;
      this.#current.answer ??= error(
        'Runtime.ExitError',
        code === 0
          ? `RequestId: ${id} Error: Runtime exited without providing a reason`
          : `RequestId: ${id} Error: Runtime exited with error: ${how}`,
      );
    }
    this.#finish();
    this.#options.onEnd();
  }

  #finish(): void {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    clearTimeout(current.timer);
    const answer = current.answer ?? error('Runtime.ExitError', 'The environment had ended');
    const durationMs = current.startedAt === undefined ? 0 : now() - current.startedAt;
    const { peakBytes } = this.#watched;
    const cold = this.#cold;
    this.#cold = undefined;
    const report = reportLine(this.function.memory, current.invocation.id, {
      durationMs,
      peakBytes,
      initMs: cold?.initMs,
    });
    this.#options.log(report);
    current.settle({
      id: current.invocation.id,
      ...answer,
      durationMs,
      peakBytes,
      log: current.log + report,
      ...(cold && { cold }),
    });
  }
}

function error(errorType: string, errorMessage: string): { body: Buffer; failed: true } {
  return { body: Buffer.from(JSON.stringify({ errorType, errorMessage })), failed: true };
}
