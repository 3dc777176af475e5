/** What a command costs, with all processes that it starts. Linux alone tells, in /proc. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Cost {
  readonly code: number | null;
  readonly stderr: string;
  /** Seconds, of all processes. */
  readonly cpu: number;
  /** Seconds. */
  readonly wall: number;
  /** MB, of the largest process. */
  readonly peak: number;
  /** MB, if all processes had their peaks at the same time. */
  readonly together: number;
}

/** Milliseconds. A peak only grows, so that no more is missed than what comes in the last moment of a process. */
const INTERVAL = 5;

/** Of `times(2)`, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The command of the built package. */
export const BUILT_CLI = fileURLToPath(new URL('../dist/shared/cli/main.js', import.meta.url));

/** Why nothing can be measured here; `undefined` where it can. */
export function unmeasurable(): string | undefined {
  if (!existsSync(childrenOf('self'))) return 'the processes of a command are found on Linux alone';
  return existsSync(BUILT_CLI) ? undefined : 'build the package first (npm run build)';
}

/** `fettle ARGS` of the built package. */
export const runBuilt = (...args: readonly string[]): Promise<Cost> =>
  runWhole(process.execPath, BUILT_CLI, ...args);

/** Any command, until it ends. */
export async function runWhole(command: string, ...args: readonly string[]): Promise<Cost> {
  const before = endedChildrenSeconds();
  const started = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const peaks = new Map<string, number>();
  const timer = setInterval(() => notePeaks(String(child.pid), peaks), INTERVAL);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  try {
    const [code, stderr] = await Promise.all([ended, text(child.stderr)]);
    return {
      code,
      stderr,
      cpu: endedChildrenSeconds() - before,
      wall: (performance.now() - started) / 1000,
      peak: Math.max(...peaks.values()),
      together: [...peaks.values()].reduce((sum, peak) => sum + peak, 0),
    };
  } finally {
    clearInterval(timer);
  }
}

/** The last peak of each process counts: before it runs its own program it shows the memory of its parent. */
function notePeaks(pid: string, peaks: Map<string, number>): void {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    if (peak) peaks.set(pid, Number(peak) / 1024);
    for (const child of readFileSync(childrenOf(pid), 'utf8').trim().split(' '))
      if (child !== '') notePeaks(child, peaks);
  } catch {
    // It has ended.
  }
}

/** Node starts processes from its main thread. */
const childrenOf = (pid: string): string =>
  `/proc/${pid}/task/${pid === 'self' ? process.pid : pid}/children`;

/** Of all children that have ended, and of theirs. Source: proc(5), cutime and cstime. */
function endedChildrenSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The command is in parentheses and may hold anything; behind it come the fields from the third on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}
