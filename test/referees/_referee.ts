/** Tests that ask an independent program. Where it is not installed they are skipped, and say so. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, test } from 'vitest';
import { programOf, TOOLS, type ToolName } from '../../scripts/referees/tools.ts';

/** The suite, with the program's path; or a line that tells what is missing and how to get it. */
export function withReferee(name: ToolName, suite: (program: string) => void): void {
  const title = `${name} ${TOOLS[name].version}`;
  const program = programOf(name, TOOLS[name]);
  if (program !== undefined) describe(title, () => suite(program));
  else {
    console.warn(`SKIPPED: ${title} is not installed. Install it: npm run referees`);
    test.skip(`${title} is not installed`, () => {});
  }
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
  });
  return promise;
}

export interface ServerOptions {
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Until it listens. */
  readonly seconds: number;
}

/** A program that serves on 127.0.0.1, ended with all its children. */
export class Server implements AsyncDisposable {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(program: string, args: readonly string[], options: ServerOptions) {
    this.endpoint = `http://127.0.0.1:${options.port}`;
    this.#child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      // Nothing of AWS's from outside.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    });
    const keep = (text: Buffer): void => {
      this.#output = `${this.#output}${text}`.slice(-KEPT);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#child.on('error', (error) => keep(Buffer.from(error.message)));
  }

  /** Listens when it resolves. */
  static async start(
    program: string,
    args: readonly string[],
    options: ServerOptions,
  ): Promise<Server> {
    const server = new Server(program, args, options);
    const until = Date.now() + options.seconds * 1000;
    while (!(await isOpen(options.port))) {
      if (Date.now() > until || server.#child.exitCode !== null) {
        await server[Symbol.asyncDispose]();
        throw new Error(`${program} does not listen: ${server.#output}`);
      }
      await pause(50);
    }
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    process.kill(-pid, 'SIGKILL');
    await ended;
  }
}

/** Characters of output that are told where a server does not start. */
const KEPT = 4000;

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
