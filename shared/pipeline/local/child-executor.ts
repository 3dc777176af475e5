/**
 * The local executor: steps run one after another in a child process, which is killed with all its
 * own children when it passes the deadline or the memory limit. The parent stays responsive, and a
 * native crash is a failed step, not a dead command.
 *
 * One child serves many steps (starting one costs 0.2–0.5 s); a new one follows a killed one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import nodeModule from 'node:module';
import { childEnvironment } from '../../base/child-environment.ts';
import {
  DefectError,
  type FettleError,
  LimitError,
  TimeLimitError,
  ToolError,
} from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { moduleUrl } from '../../base/module-url.ts';
import { formatBytes } from '../../report/numbers.ts';
import type { ExecuteOptions, Executor } from '../executor.ts';
import { keyOf, recall, type Step, type StepOutcome } from '../step.ts';
import type { Store } from '../store/store.ts';
import { fromWire } from './error-wire.ts';
import type { FromWorker, Init, Order } from './messages.ts';
import { groupMemory, killGroup } from './process-tree.ts';
import { stepTitle } from './step-title.ts';

export interface ChildExecutorOptions {
  readonly store: Store;
  /** Module that exports `loadStep`, as a URL. */
  readonly registry: string;
  /** Digest → path of the job's own files; may grow between steps. */
  readonly sources: Readonly<Record<string, string>>;
  /** The worker's and its children's temporary folder: the parent's, so that a kill leaves nothing. */
  readonly tempDir: string;
  /** Name and version of the runtime, part of the key of steps that run a model. */
  readonly runtime: string;
  readonly log: Log;
  /** When all work must be done, in ms of `performance.now()`. */
  readonly deadline?: number | undefined;
  /** A program that takes a command as its arguments and becomes it, with less that it may do. */
  readonly launcher?: string;
  /** What to do about a passed deadline. Default: raise `--timeout`. */
  readonly deadlineHint?: string;
  readonly memoryBytes?: number | undefined;
}

/** How often the memory of the child and its children is looked at. */
const MEMORY_POLL_MS = 200;
/** What of the child's stderr is kept to explain a crash. */
const STDERR_KEPT = 4000;

const WORKER = moduleUrl('pipeline/local/worker');

const live = new Set<ChildProcess>();
let endsChildrenAtExit = false;

/** See above. One at a time: a step waits for the one before it. */
export class ChildExecutor implements Executor {
  readonly #options: ChildExecutorOptions;
  readonly #opened = performance.now();
  #child: ChildProcess | undefined;
  #stderr = '';

  constructor(options: ChildExecutorOptions) {
    this.#options = options;
  }

  async execute<I, O>(
    step: Step<I, O>,
    input: I,
    { fresh = false, onProgress = () => {} }: ExecuteOptions = {},
  ): Promise<StepOutcome<O>> {
    const { store, runtime } = this.#options;
    const known = fresh ? undefined : await recall(step, keyOf(step, input, runtime), store);
    if (known) return known;
    const { deadline } = this.#options;
    if (deadline !== undefined && deadline <= performance.now()) throw this.#outOfTime(step.name);
    const child = this.#child ?? this.#start();
    const answer = await this.#order(
      child,
      { type: 'order', step: step.name, input, fresh, sources: this.#options.sources },
      onProgress,
    );
    return {
      output: step.output.parse(answer.output),
      cached: answer.cached,
      seconds: answer.seconds,
    };
  }

  async close(): Promise<void> {
    if (this.#child) this.#kill(this.#child);
  }

  #start(): ChildProcess {
    const { registry, store, tempDir, runtime, launcher } = this.#options;
    endChildrenAtExit();
    const compileCache = nodeModule.getCompileCacheDir();
    const child = fork(WORKER, [], {
      // Its own process group, so that one kill takes its children too.
      detached: true,
      // Node puts these before the module.
      ...(launcher === undefined
        ? { execArgv: [] }
        : { execPath: launcher, execArgv: [process.execPath] }),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: childEnvironment({
        TMPDIR: tempDir,
        TEMP: tempDir,
        TMP: tempDir,
        // Its temporary folder is another, and a third of its start is compiling.
        ...(compileCache !== undefined && { NODE_COMPILE_CACHE: compileCache }),
      }),
    });
    live.add(child);
    this.#child = child;
    this.#stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    const python = process.env.FETTLE_PYTHON;
    const init: Init = {
      ...{ type: 'init', registry, store: store.name, tempDir, runtime },
      ...(python !== undefined && { python }),
    };
    child.send(init);
    return child;
  }

  #outOfTime(step: string): TimeLimitError {
    const { deadline = 0, deadlineHint: hint = 'Raise --timeout.' } = this.#options;
    const limit = Math.round((deadline - this.#opened) / 10) / 100;
    return new TimeLimitError(
      `the time ran out while ${stepTitle(step)}: the limit is ${limit} s`,
      { hint },
    );
  }

  #kill(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined;
    live.delete(child);
    if (child.pid !== undefined) killGroup(child.pid);
  }

  #order(
    child: ChildProcess,
    order: Order,
    onProgress: (progress: { fraction?: number; detail?: string }) => void,
  ): Promise<Extract<FromWorker, { type: 'done' }>> {
    const { log, deadline, memoryBytes } = this.#options;
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        clearInterval(poll);
        child.off('message', onMessage);
        child.off('exit', onExit);
        child.off('error', onExit);
      };
      const end = (error: FettleError): void => {
        finish();
        this.#kill(child);
        reject(error);
      };
      const onMessage = (message: FromWorker): void => {
        if (message.type === 'progress') onProgress(message);
        else if (message.type === 'log') log[message.level](message.message);
        else {
          finish();
          if (message.type === 'done') resolve(message);
          else reject(fromWire(message.error));
        }
      };
      const onExit = (code: number | Error | null, signal?: NodeJS.Signals | null): void => {
        end(explainExit(order.step, code, signal ?? null, this.#stderr));
      };
      const timer =
        deadline === undefined
          ? undefined
          : setTimeout(
              () => end(this.#outOfTime(order.step)),
              Math.max(0, deadline - performance.now()),
            );
      const watch = async (limit: number): Promise<void> => {
        const used = child.pid === undefined ? 0 : await groupMemory(child.pid);
        if (used !== undefined && used > limit) {
          const message = `${stepTitle(order.step)} took ${formatBytes(used)} of memory and was stopped: the limit is ${formatBytes(limit)}`;
          end(new LimitError(message, { hint: 'Raise --memory.' }));
        }
      };
      const poll =
        memoryBytes === undefined
          ? undefined
          : setInterval(
              () => void watch(memoryBytes).catch((error: unknown) => log.debug(String(error))),
              MEMORY_POLL_MS,
            );
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.on('error', onExit);
      child.send(order, (error) => {
        if (error) onExit(error);
      });
    });
  }
}

function explainExit(
  step: string,
  code: number | Error | null,
  signal: NodeJS.Signals | null,
  stderr: string,
): FettleError {
  if (code instanceof Error)
    return new DefectError(`the worker could not be reached for ${stepTitle(step)}`, {
      cause: code,
    });
  if (signal === 'SIGKILL') {
    return new LimitError(
      `the system killed the worker while ${stepTitle(step)}, probably for lack of memory`,
      {
        hint: 'Give the machine more memory, or a smaller model.',
      },
    );
  }
  const end = signal ? `ended by ${signal}` : `ended with code ${code}`;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return new ToolError(
    `the worker ${end} while ${stepTitle(step)}${last === '' ? '' : `: ${last}`}`,
    {
      hint: 'The runtime crashed on this model; --debug shows what it said.',
      cause: new Error(stderr),
    },
  );
}

function endChildrenAtExit(): void {
  if (endsChildrenAtExit) return;
  endsChildrenAtExit = true;
  // Before the temporary folders go, which children would otherwise write into again.
  process.prependListener('exit', () => {
    for (const child of live) if (child.pid !== undefined) killGroup(child.pid);
  });
}
