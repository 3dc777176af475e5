/** The memory of this process, from the kernel. */
import { readFileSync } from 'node:fs';
import type { ChildMemory } from './protocol.ts';

/**
 * Peak and present resident memory in bytes. On Linux `VmHWM` and `VmRSS` (resource usage would count
 * the parent's peak from before exec); elsewhere what Node reports.
 */
export function readMemory(): ChildMemory {
  if (process.platform === 'linux') {
    const status = readFileSync('/proc/self/status', 'utf8');
    return { peakBytes: kilobytes(status, 'VmHWM'), residentBytes: kilobytes(status, 'VmRSS') };
  }
  return {
    peakBytes: process.resourceUsage().maxRSS * 1024,
    residentBytes: process.memoryUsage().rss,
  };
}

function kilobytes(status: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (!found) throw new Error(`/proc/self/status has no ${field}`);
  return Number(found[1]) * 1024;
}
