/** Commands that may take only so long, with all that they start. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Lines of a failed command that are told. */
const TOLD = 3;

/** What the command wrote to stdout. @throws Error where it fails, cannot be started or takes too long */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { until, env = {} } = options;
  const what = [command, ...args.slice(0, 3)].join(' ');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // A group of its own, so that compilers end with who called them.
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let isLate = false;
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  };
  const timer = setTimeout(
    () => {
      isLate = true;
      end();
    },
    Math.max(0, until - Date.now()),
  );
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  child.on('error', (error) => {
    clearTimeout(timer);
    reject(error);
  });
  child.on('close', (status) => {
    clearTimeout(timer);
    if (status === 0) resolve(texts.stdout);
    else if (isLate) reject(new Error(`${what}: the time is over`));
    else reject(new Error(`${what}: ${texts.stderr.trim().split('\n').slice(-TOLD).join('\n')}`));
  });
  return promise;
}
