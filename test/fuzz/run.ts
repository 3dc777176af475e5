/**
 * Coverage-guided fuzzing: `npm run fuzz [-- --seconds 9] [--seed 1] [--keep] [target …]`.
 *
 * The same seed tries the same inputs in the same order, as many as there is time for: a change is
 * judged by itself and not by luck. `--seed 0` begins anywhere.
 *
 * Each target of `targets/` starts from the inputs of `corpus/<target>/`. What is found beyond them
 * stays in a temporary folder; `--keep` adds to the corpus what covers new code, made small. An input
 * that fails is left in `.cache/fuzz/` and fails the run.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { acceptOlderGlibc } from './load-addon.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const crashes = fileURLToPath(new URL('../../.cache/fuzz/', import.meta.url));

/** Inputs are small: what a message needs to be odd fits, and thousands are tried a second. */
const MAX_INPUT_BYTES = 2048;
/** The libraries of this format take room for structures in pieces of 2 KB. */
const MAX_HDF5_BYTES = 8192;
/** Above what the instrumented process takes by itself (some 400 MB) with its heap, so that a leap shows. */
const MAX_MEMORY_MB = 800;
/** Garbage of many thousand inputs is collected before it looks like a leap. */
const MAX_HEAP_MB = 256;
/** A hostile model is refused in less. */
const MAX_SECONDS = 5;

/** Targets that give a promise; the fuzzer runs the others faster without waiting for one. */
const ASYNC_TARGETS: readonly string[] = ['keras-archive'];

/** Imported by a name that the compiler does not follow: its types declare global variables. */
const FUZZER: string = '@jazzer.js/core';

/** What is used of it. */
interface Fuzzer {
  readonly OptionSource: {
    readonly DefaultCLIOptions: number;
    readonly CommandLineArguments: number;
  };
  readonly OptionsManager: new (
    source: number,
  ) => { merge(options: object, source: number): object };
  startFuzzing(options: object): Promise<{ readonly returnCode: number }>;
}

const { values, positionals } = parseArgs({
  options: {
    seconds: { type: 'string', default: '9' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    child: { type: 'boolean', default: false },
    /** What the fuzzer gives to processes that it starts itself. */
    id_sync_file: { type: 'string', default: '' },
  },
  allowPositionals: true,
});

if (values.child) await fuzzInThisProcess(positionals);
else process.exitCode = fuzzAll(positionals);

function fuzzAll(wanted: readonly string[]): number {
  const known = readdirSync(join(here, 'targets')).map((file) => file.replace('.ts', ''));
  const unknown = wanted.filter((target) => !known.includes(target));
  if (unknown.length > 0) {
    console.error(`no target named ${unknown.join(', ')}: there are ${known.join(', ')}`);
    return 2;
  }
  const failed = (wanted.length > 0 ? wanted : known).filter((target) => !fuzzTarget(target));
  for (const target of failed) console.error(`fuzz: ${target} failed; its input is in ${crashes}`);
  return failed.length > 0 ? 1 : 0;
}

function fuzzTarget(target: string): boolean {
  const found = mkdtempSync(join(tmpdir(), 'fettle-fuzz-'));
  const corpus = join(here, 'corpus', target);
  mkdirSync(corpus, { recursive: true });
  mkdirSync(crashes, { recursive: true });
  try {
    console.error(`\nfuzz: ${target}, ${values.seconds} s`);
    const options = [
      `-max_total_time=${values.seconds}`,
      `-seed=${values.seed}`,
      `-max_len=${target === 'hdf5' ? MAX_HDF5_BYTES : MAX_INPUT_BYTES}`,
      `-rss_limit_mb=${MAX_MEMORY_MB}`,
      `-artifact_prefix=${crashes}${target}-`,
      '-print_final_stats=1',
      '-verbosity=0',
    ];
    const held = inChild(target, [found, corpus, ...options]);
    return held && values.keep
      ? inChild(target, ['-merge=1', '-set_cover_merge=1', corpus, found])
      : held;
  } finally {
    rmSync(found, { recursive: true });
  }
}

/** The fuzzer ends the process that it runs in. */
function inChild(target: string, options: readonly string[]): boolean {
  const self = fileURLToPath(import.meta.url);
  const args = [`--max-old-space-size=${MAX_HEAP_MB}`, self, '--child', '--', target, ...options];
  const env = { ...process.env, NODE_NO_WARNINGS: '1' };
  return spawnSync(process.execPath, args, { stdio: 'inherit', env }).status === 0;
}

async function fuzzInThisProcess([
  target = '',
  ...fuzzerOptions
]: readonly string[]): Promise<void> {
  acceptOlderGlibc();
  register('./strip-types.ts', import.meta.url);
  const { OptionSource, OptionsManager, startFuzzing }: Fuzzer = await import(FUZZER);
  const options = new OptionsManager(OptionSource.DefaultCLIOptions).merge(
    {
      fuzzTarget: pathToFileURL(join(here, 'targets', `${target}.ts`)).href,
      fuzzerOptions,
      includes: ['shared/'],
      idSyncFile: values.id_sync_file,
      sync: !ASYNC_TARGETS.includes(target),
      timeout: MAX_SECONDS * 1000,
    },
    OptionSource.CommandLineArguments,
  );
  const { returnCode } = await startFuzzing(options);
  if (returnCode !== 0) process.exit(returnCode);
}
