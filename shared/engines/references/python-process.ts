/** A Python process that answers lines of JSON with lines of JSON, one after another. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { childEnvironment } from '../../base/child-environment.ts';
import { TimeLimitError, ToolError } from '../../base/errors.ts';

/** What is kept of what Python prints as it dies. */
const STDERR_TAIL = 2_000;

export interface PythonAsk {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** For messages: "running TensorFlow". */
  readonly doing: string;
}

/** It does not outlive this process: Python ends with its standard input. */
export class PythonProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<void>;
  readonly #waiting: { settle: (line: string | Error) => void }[] = [];
  #stderr = '';
  #ended = false;

  /** `flag` is the one that an interpreter takes its code behind. */
  constructor(python: string, script: string, args: readonly string[], flag = '-c') {
    this.#child = spawn(python, [flag, script, ...args], { env: childEnvironment() });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    // A pipe that breaks is told by 'close'.
    this.#child.stdin.on('error', () => {});
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.settle(line);
    });
    this.#closed = new Promise((resolve) => {
      this.#child.on('error', (error) => this.#fail(`could not be started: ${error.message}`));
      this.#child.on('close', (code, signal) => {
        this.#fail(`ended with ${signal ?? `code ${code}`}${this.#lastWords()}`);
        resolve();
      });
    });
  }

  /**
   * The answer to a request.
   * @throws ToolError with what Python says, TimeLimitError after the time-out: the process is killed then
   */
  async ask(request: object, { timeoutMs, signal, doing }: PythonAsk): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#ended) throw new ToolError(`Python ended before ${doing}`);
    const line = await new Promise<string>((resolve, reject) => {
      const stop = (reason: unknown): void => {
        reject(reason);
        this.#child.kill('SIGKILL');
      };
      const abort = (): void => stop(signal?.reason);
      const timer = setTimeout(
        () => stop(new TimeLimitError(`${doing} took longer than ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push({
        settle: (outcome) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          if (typeof outcome === 'string') resolve(outcome);
          else reject(outcome);
        },
      });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    return unwrap(line, doing);
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  #fail(how: string): void {
    this.#ended = true;
    for (const { settle } of this.#waiting.splice(0)) settle(new ToolError(`Python ${how}`));
  }

  #lastWords(): string {
    const line = this.#stderr.trimEnd().split('\n').at(-1) ?? '';
    return line === '' ? '' : `: ${line.slice(0, 300)}`;
  }
}

function unwrap(line: string, doing: string): unknown {
  const reply: unknown = JSON.parse(line);
  if (typeof reply !== 'object' || reply === null || !('ok' in reply))
    throw new ToolError(`Python answered with nothing of use while ${doing}`);
  if (reply.ok === true && 'answer' in reply) return reply.answer;
  const message = 'message' in reply ? String(reply.message).split('\n')[0] : 'it failed';
  throw new ToolError(`TensorFlow says: ${(message ?? '').slice(0, 300)}`);
}
