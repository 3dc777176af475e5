/** Runs the command line for tests: in this process (fast), or as a user would (`spawnFettle`). */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../shared/cli/run-cli.ts';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
export const DIGITS = join(REPOSITORY, 'examples/digits/digits.onnx');

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to work in, with a store of its own beside it. */
export interface Place {
  readonly folder: string;
  readonly store: string;
  path(name: string): string;
  /** Every file and folder below, dot files included, relative. */
  files(): string[];
  remove(): void;
}

export function makePlace(options: { readonly store?: string } = {}): Place {
  const root = mkdtempSync(join(tmpdir(), 'fettle-e2e-'));
  const folder = mkdtempSync(join(root, 'work-'));
  return {
    folder,
    store: options.store ?? join(root, 'store'),
    path: (name) => join(folder, name),
    files: () =>
      existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).sort() : [],
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** In this process, with the place as the current folder. */
export async function fettle(place: Place, ...argv: string[]): Promise<Result> {
  const stdout = new Sink();
  const stderr = new Sink();
  const env = { ...process.env, FETTLE_STORE: place.store, NO_COLOR: '1' };
  const code = await runCli(argv, { stdout, stderr, cwd: place.folder, env });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** As a process of its own, from the repository's source. */
export function spawnFettle(
  place: Place,
  argv: readonly string[],
  { timeout = 120_000, importing }: { readonly timeout?: number; readonly importing?: string } = {},
): Promise<Result> {
  const env = { ...process.env, FETTLE_STORE: place.store, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [
        ...(importing === undefined ? [] : ['--import', importing]),
        join(REPOSITORY, 'shared/cli/main.ts'),
        ...argv,
      ],
      { cwd: place.folder, env, timeout, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => resolve({ code: exitCode(error), stdout, stderr }),
    );
  });
}

function exitCode(error: { code?: unknown } | null): number {
  return error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
}
