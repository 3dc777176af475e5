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
  /** In ticks of the system's clock. */
  readonly begun: number;
}

/**
 * Ends every process of this one's user that began after it, but for those it descends from, and says how many. What is
 * older is the system's. Only for containers that are nobody else's.
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
    const since = all.find(({ pid }) => pid === process.pid)?.begun ?? 0;
    const others = all.filter(
      ({ pid, user: of, begun }) => of === user && begun >= since && !kept.has(pid),
    );
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
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command is in parentheses and may hold anything; behind the last one the third field: the state.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (/[ZX]/.test(fields[0] ?? '')) return [];
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const user = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
      return [{ pid: Number(name), parent: Number(fields[1]), user, begun: Number(fields[19]) }];
    } catch {
      // Ended meanwhile.
      return [];
    }
  });
}
