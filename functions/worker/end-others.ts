/**
 * Ends what a model left running. A process that leaves its group outlives the step that started it, and would see the
 * files of the next model: a function's container serves one after another.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** While somebody starts processes as fast as others are ended; a round takes a millisecond. */
const MAX_ROUNDS = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly user: number;
}

/**
 * Ends every process of this one's user but itself and those it descends from, and says how many. Only for containers
 * that are nobody else's.
 * @throws Error for root, who has too many
 */
export function endOthers(processes: () => readonly Process[] = allProcesses): number {
  const user = process.getuid?.() ?? 0;
  if (user === 0) throw new Error('the processes of root are not only ours');
  const ended = new Set<number>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const all = processes();
    const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
    const kept = new Set<number>();
    for (let pid: number | undefined = process.pid; pid !== undefined; pid = parents.get(pid))
      kept.add(pid);
    const others = all.filter((one) => one.user === user && !kept.has(one.pid));
    if (others.length === 0) break;
    for (const { pid } of others) {
      ended.add(pid);
      end(pid);
    }
  }
  return ended.size;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it has ended by itself.
  }
}

/** Source: proc(5). Those that have ended and wait for their parent to notice are none. */
function allProcesses(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const field = (key: string): string =>
        new RegExp(`^${key}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
      if (/^[ZX]/.test(field('State'))) return [];
      return [{ pid: Number(name), parent: Number(field('PPid')), user: Number(field('Uid')) }];
    } catch {
      // Ended meanwhile.
      return [];
    }
  });
}
