/** Whether the program that confines models can do so here: some systems let nobody set a filter. */
import { spawnSync } from 'node:child_process';
import type { Telemetry } from '../adapters/telemetry.ts';

/** By path: what is tried once holds as long as the container. */
const tried = new Map<string, string | undefined>();

/** The path, or `undefined` where it confines nothing: that is told, as a warning and a metric. */
export function launcherAt(
  path: string,
  telemetry: Pick<Telemetry, 'warn' | 'metric'>,
): string | undefined {
  if (!tried.has(path)) tried.set(path, whyNot(path));
  const reason = tried.get(path);
  if (reason === undefined) return path;
  telemetry.warn(`models run with a network: ${reason}`);
  telemetry.metric('Unconfined', 1);
  return undefined;
}

function whyNot(path: string): string | undefined {
  const { error, status, stderr } = spawnSync(path, ['/bin/true'], { encoding: 'utf8', env: {} });
  if (error) return error.message;
  return status === 0 ? undefined : stderr.trim() || `it ended with ${status}`;
}
