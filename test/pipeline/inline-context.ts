/** The pipeline in this process, for tests of stages: real steps, a store of the test's own, no children but the runtime's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTempDir } from '../../shared/base/files.ts';
import { silentLog } from '../../shared/base/log.ts';
import type { PipelineContext } from '../../shared/pipeline/context.ts';
import type { Sources } from '../../shared/pipeline/data-refs.ts';
import type { Executor } from '../../shared/pipeline/executor.ts';
import { type Job, type JobRequest, resolveJob } from '../../shared/pipeline/job.ts';
import { silentProgress } from '../../shared/pipeline/progress.ts';
import { runStep, type Step, type Tools } from '../../shared/pipeline/step.ts';
import { FolderStore } from '../../shared/pipeline/store/folder-store.ts';
import { inTurn } from '../../shared/pipeline/together.ts';

export const EXAMPLES = fileURLToPath(new URL('../../examples/digits/', import.meta.url));

export interface InlineContext extends PipelineContext {
  readonly folder: string;
  /** Names of the steps that ran, in order; what the store knew is not among them. */
  readonly ran: string[];
}

export function inlineContext(overrides: Partial<PipelineContext> = {}): InlineContext {
  const folder = makeTempDir('test');
  const store = new FolderStore(join(folder, 'store'));
  const ran: string[] = [];
  let count = 0;
  return {
    folder,
    ran,
    store,
    log: silentLog,
    progress: silentProgress,
    machine: { cpu: 'test', features: ['avx2'], cores: 2 },
    runtime: 'test runtime',
    remeasure: false,
    protocol: 'short',
    measuresLatency: true,
    together: inTurn,
    now: () => performance.now(),
    openExecutor: ({ sources }): Executor => ({
      execute: async <I, O>(step: Step<I, O>, input: I, options = {}) => {
        const tempDir = join(folder, `step-${++count}`);
        mkdirSync(tempDir);
        const locate: Parameters<typeof runStep>[2]['locate'] = async (digest) =>
          sources[digest] ?? store.pathOf(digest);
        const tools = { store, locate, tempDir, log: silentLog, progress: () => {} };
        const outcome = await runStep(step, input, tools, { runtime: 'test runtime', ...options });
        if (!outcome.cached) ran.push(step.name);
        return outcome;
      },
      close: async () => {},
    }),
    ...overrides,
  };
}

/** Tools with a folder of their own each time, for steps that are run by hand. */
export function toolsOf({ folder, store, log }: InlineContext, sources: Sources): () => Tools {
  let count = 0;
  return () => {
    const tempDir = join(folder, `tools-${++count}`);
    mkdirSync(tempDir);
    return {
      store,
      locate: async (digest) => sources[digest] ?? store.pathOf(digest),
      tempDir,
      log,
      progress: () => {},
    };
  };
}

/** A job on the digits example. */
export function digitsJob(settings: JobRequest['settings'] = {}, source = 'digits.onnx'): Job {
  return resolveJob({ source, folder: EXAMPLES, settings, where: (key) => `--${key}` });
}

export const DIGITS_DATA = {
  calibration: { path: 'calibration.npz' },
  evaluation: { path: 'test.npz' },
} as const;
