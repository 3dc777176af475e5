/** All processes of an execution environment, however they detach themselves, and the memory that they hold. */
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** Every process of the machine; none where the system has no such table (limits are not enforced there). Source: proc(5). */
export function processTable(): readonly ProcessEntry[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readQuietly(`/proc/${name}/stat`);
    // The command is in parentheses and may hold anything; behind the last one: state, parent, group …
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat === '' || state === 'Z') return [];
    return [{ pid: Number(name), parent: Number(parent), group: Number(group) }];
  });
}

/** Adds to `members` (process ids) all that descend from one of them or share the group of one. */
export function growTree(members: Set<number>, table: readonly ProcessEntry[]): void {
  const alive = new Set(table.map(({ pid }) => pid));
  for (const pid of members) if (!alive.has(pid)) members.delete(pid);
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent, group } of table) {
      if (members.has(parent) || members.has(group)) members.add(pid);
    }
  }
}

/**
 * Bytes that the processes hold together, as a machine of their own would count them: what is private to each, and
 * once the largest set of pages of files, as nearly all of those are the same binary.
 */
export function heldBytes(members: Iterable<number>): number {
  let own = 0;
  let files = 0;
  for (const pid of members) {
    const status = readQuietly(`/proc/${pid}/status`);
    const kib = (field: string): number =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    own += kib('RssAnon') + kib('RssShmem');
    files = Math.max(files, kib('RssFile'));
  }
  return (own + files) * 1024;
}

/** Those that were started with this text in a variable of their environment: what no parent leads to any more. */
export function processesWith(text: string): readonly number[] {
  return processTable()
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid && readQuietly(`/proc/${pid}/environ`).includes(text));
}

/** Ends them all at once. */
export function killTree(members: Iterable<number>): void {
  for (const pid of members) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ESRCH: it has ended by itself.
    }
  }
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
