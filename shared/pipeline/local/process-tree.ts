/** A child that leads a process group of its own: how much memory the group holds, and how it is ended. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Kills the group: the child and everything it started. Nothing happens when it is gone. */
export function killGroup(leader: number): void {
  try {
    if (process.platform === 'win32') process.kill(leader, 'SIGKILL');
    else process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: all of it has ended by itself.
  }
}

/** Resident bytes of all processes of the group; `undefined` where the system cannot say (Windows). */
export async function groupMemory(leader: number): Promise<number | undefined> {
  if (process.platform === 'linux') return linuxMemory(leader);
  if (process.platform === 'win32') return undefined;
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pgid=,rss=']);
  return sumPs(stdout, leader);
}

/** Sums the lines `pgid rss` (KiB) of `ps` for one group. */
export function sumPs(listing: string, leader: number): number {
  let kib = 0;
  for (const line of listing.split('\n')) {
    const [group, rss] = line.trim().split(/\s+/).map(Number);
    if (group === leader && rss !== undefined) kib += rss;
  }
  return kib * 1024;
}

/** Source: proc(5). Pages are 4 KiB on every x64 and nearly every arm64 Linux; `VmRSS` avoids the question. */
async function linuxMemory(leader: number): Promise<number> {
  let kib = 0;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The command is in parentheses and may hold anything; behind the last one: state ppid pgrp …
      const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
      if (group !== leader) continue;
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      kib += Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    } catch {
      // Ended while it was looked at.
    }
  }
  return kib * 1024;
}
