/**
 * How a job of Batch gets its order's address: not by the environment, which every process of the user can read, but
 * by a file that is gone before any other process begins.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the path. */
export function leaveOrder(address: string): string {
  const path = join(tmpdir(), `order-${randomUUID()}`);
  writeFileSync(path, address, { flag: 'wx', mode: 0o600 });
  return path;
}

/** The address, once. */
export function takeOrder(path: string): string {
  const address = readFileSync(path, 'utf8');
  rmSync(path);
  return address;
}
