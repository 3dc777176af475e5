/** The memory of this process, from the kernel. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ChildMemory } from './protocol.ts';

/**
 * Peak and present resident memory in bytes. On Linux `VmHWM` and `VmRSS` (resource usage would count
 * the parent's peak from before exec); elsewhere what Node reports.
 */
export function readMemory(forgetPeak: boolean): ChildMemory {
  if (process.platform === 'linux') {
    if (forgetPeak) resetPeak();
    const status = readFileSync('/proc/self/status', 'utf8');
    return { peakBytes: kilobytes(status, 'VmHWM'), residentBytes: kilobytes(status, 'VmRSS') };
  }
  return {
    peakBytes: process.resourceUsage().maxRSS * 1024,
    residentBytes: process.memoryUsage().rss,
  };
}

/** Source: proc_pid_clear_refs(5). Not every sandbox has it: then the peak since the start stays. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The peak is then an upper bound.
  }
}

function kilobytes(status: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (!found) throw new Error(`/proc/self/status has no ${field}`);
  return Number(found[1]) * 1024;
}
