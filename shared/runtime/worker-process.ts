/**
 * A child process that works off requests in order, and the parent's end of the line to it.
 *
 * Why a process: runtimes run and load synchronously, can abort the whole process on a hostile or
 * merely unusual model, and a worker thread cannot be ended during a run. A child can be killed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { childEnvironment } from '../base/child-environment.ts';
import { type FettleError, LimitError, TimeLimitError, ToolError } from '../base/errors.ts';
import type { ChildCancel, ChildReply } from './child/protocol.ts';

/** A request may take this long unless told otherwise: nothing waits for ever on a hung kernel. */
export const DEFAULT_TIMEOUT_MS = 600_000;
/** What is kept of the child's stderr: a runtime's last words before an abort. */
const STDERR_TAIL = 2_000;

export interface AskOptions {
  /** From the moment the child begins with this request; the child is killed when it passes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** For messages: "running digits.onnx". */
  readonly doing?: string;
}

/** The child ended before it came to this request, for a reason that was not this request's fault. */
export class RuntimeLostError extends ToolError {
  override readonly retryable = true;
}

/** The child answered with an error; the message is the runtime's own. */
export class RuntimeAnswerError extends ToolError {}

/** What a request asks and what its answer is, by the kind of request. */
export type OperationMap<Operations> = {
  readonly [Kind in keyof Operations]: { readonly ask: unknown; readonly answer: unknown };
};

/** What a child runs, and how messages speak of it. */
export interface WorkerSettings {
  /** The module that the child begins with. */
  readonly entry: URL;
  /** "the runtime process". */
  readonly title: string;
  /** What to do when it dies of a request. */
  readonly crashHint: string;
  /** Set for the child, besides what every child has. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Pending {
  readonly id: number;
  readonly doing: string;
  readonly timeoutMs: number;
  readonly settle: (outcome: { answer: unknown } | { error: unknown }) => void;
  settled: boolean;
  timer: NodeJS.Timeout | undefined;
}

const living = new Set<ChildProcess>();
let killsAtExit = false;

/** One child. It starts at once, does what it is asked in order, and does not keep this process alive. */
export class WorkerProcess<Operations extends OperationMap<Operations>> {
  readonly #settings: WorkerSettings;
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  /** In the order in which the child works; the first is what it does now. */
  readonly #queue: Pending[] = [];
  #nextId = 1;
  #stderr = '';
  /** Why this process cannot be asked any more. */
  #ended: string | undefined;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    this.#child = fork(settings.entry, [], {
      serialization: 'advanced',
      execArgv: [],
      env: childEnvironment(settings.environment),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    living.add(this.#child);
    if (!killsAtExit) {
      killsAtExit = true;
      process.prependListener('exit', () => {
        for (const child of living) child.kill('SIGKILL');
      });
    }
    this.#child.stderr?.setEncoding('utf8');
    this.#child.stderr?.on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    this.#child.on('message', (reply: ChildReply) => this.#receive(reply));
    this.#closed = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#end(`could not be started: ${error.message}`);
        if (this.#child.pid === undefined) resolve();
      });
      // 'close' comes after stderr is complete, unlike 'exit'.
      this.#child.on('close', (code, signal) => {
        living.delete(this.#child);
        this.#end(describeEnd(code, signal));
        resolve();
      });
    });
    this.#setReferenced(false);
  }

  /** Whether it can still be asked. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A number that this process has not given yet. */
  nextNumber(): number {
    return this.#nextId++;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws RuntimeAnswerError with the runtime's message; TimeLimitError after the time-out (the child is
   *   killed); ToolError when the child dies of it; RuntimeLostError when it died of another request;
   *   the signal's reason when aborted.
   */
  ask<Kind extends keyof Operations & string>(
    kind: Kind,
    ask: Operations[Kind]['ask'],
    { timeoutMs = DEFAULT_TIMEOUT_MS, signal, doing = kind }: AskOptions = {},
  ): Promise<Operations[Kind]['answer']> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#ended !== undefined)
      return Promise.reject(
        new RuntimeLostError(`${this.#settings.title} ${this.#ended} before ${doing}`),
      );
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const abort = (): void => this.#abort(pending, signal?.reason);
      const pending: Pending = {
        id,
        doing,
        timeoutMs,
        settled: false,
        timer: undefined,
        settle: (outcome) => {
          if (pending.settled) return;
          pending.settled = true;
          clearTimeout(pending.timer);
          signal?.removeEventListener('abort', abort);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.answer as Operations[Kind]['answer']);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.push(pending);
      if (this.#queue.length === 1) this.#setReferenced(true);
      this.#watchFirst();
      this.#send({ id, kind, ask });
    });
  }

  /**
   * Ends the child; what is still asked is refused. Resolves when the child is gone. It is killed, as
   * it holds nothing worth saving: orderly teardown of a runtime takes time and can itself crash.
   */
  async close(): Promise<void> {
    this.#end('was closed');
    this.#setReferenced(true);
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(message: { id: number; kind: string; ask: unknown } | ChildCancel): void {
    // A failure to send means that the child is going: 'close' tells why.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(reply: ChildReply): void {
    const index = this.#queue.findIndex((pending) => pending.id === reply.id);
    const [pending] = index < 0 ? [] : this.#queue.splice(index, 1);
    pending?.settle(
      reply.ok ? { answer: reply.answer } : { error: new RuntimeAnswerError(reply.message) },
    );
    if (this.#queue.length === 0) this.#setReferenced(false);
    this.#watchFirst();
  }

  /** The clock of a request starts when the child can begin with it. */
  #watchFirst(): void {
    const first = this.#queue[0];
    if (!first || first.settled || first.timer !== undefined) return;
    first.timer = setTimeout(() => {
      this.#kill(
        first,
        new TimeLimitError(
          `${first.doing} took longer than ${seconds(first.timeoutMs)} and was stopped`,
          { hint: 'Give smaller inputs; a loop in the graph may have no end.' },
        ),
      );
    }, first.timeoutMs);
  }

  #abort(pending: Pending, reason: unknown): void {
    if (this.#queue[0] === pending) {
      // The child is in the middle of it, deaf to messages: only killing stops it.
      pending.settle({ error: reason });
      this.#kill(pending, undefined);
    } else {
      pending.settle({ error: reason });
      this.#send({ cancel: pending.id });
    }
  }

  #kill(pending: Pending, reason: FettleError | undefined): void {
    if (reason) pending.settle({ error: reason });
    this.#child.kill('SIGKILL');
    this.#end(reason ? 'was stopped after a time-out' : 'was stopped');
  }

  /** Fails everything that waits. The first request is what the child died of. */
  #end(how: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = how;
    const [first, ...others] = this.#queue.splice(0);
    if (first) {
      first.settle({ error: how === 'was closed' ? this.#lost(first) : this.#crash(first, how) });
    }
    for (const pending of others) pending.settle({ error: this.#lost(pending) });
    this.#setReferenced(false);
  }

  #lost(pending: Pending): RuntimeLostError {
    return new RuntimeLostError(
      `${this.#settings.title} ${this.#ended} before ${pending.doing} began`,
    );
  }

  #crash(pending: Pending, how: string): FettleError {
    const lastWords = whatItSaid(this.#stderr);
    const message = `${this.#settings.title} ${how} while ${pending.doing}${lastWords ? `: ${lastWords}` : ''}`;
    if (how.includes('SIGKILL'))
      return new LimitError(`${message} (most likely the system ran out of memory)`, {
        hint: 'Use a machine with more memory, or a smaller model or batch.',
      });
    return new ToolError(message, { hint: this.#settings.crashHint });
  }

  /** An idle child does not keep the parent alive. */
  #setReferenced(referenced: boolean): void {
    const method = referenced ? 'ref' : 'unref';
    this.#child[method]();
    this.#child.channel?.[method]();
    if (this.#child.stderr instanceof Socket) this.#child.stderr[method]();
  }
}

/** The line that says why, of what a dying process prints; else the last line. */
function whatItSaid(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const why = lines.find((line) => /FATAL ERROR|what\(\):|assert/i.test(line));
  return why ?? lines.findLast((line) => line !== '') ?? '';
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `was ended by ${signal}` : `ended with code ${code}`;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
