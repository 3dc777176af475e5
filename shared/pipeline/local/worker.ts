/**
 * The child process in which steps run, one after another. It may be killed at any time: what it
 * finished is in the store, what it had begun is in a temporary folder of the parent's.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../base/brand.ts';
import { DefectError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { runStep, type Step, type Tools } from '../step.ts';
import { FolderStore } from '../store/folder-store.ts';
import { toWire } from './error-wire.ts';
import type { FromWorker, Init, Order, ToWorker } from './messages.ts';

/** What a registry module exports. */
export interface StepRegistry {
  readonly loadStep: (name: string) => Promise<Step<unknown, unknown>>;
}

let init: Init | undefined;
let orders = 0;

const send = (message: FromWorker): void => {
  process.send?.(message);
};

const log: Log = {
  debug: (message) => send({ type: 'log', level: 'debug', message }),
  info: (message) => send({ type: 'log', level: 'info', message }),
  warn: (message) => send({ type: 'log', level: 'warn', message }),
};

async function obey(
  order: Order,
  { registry, store: folder, tempDir, runtime }: Init,
): Promise<FromWorker> {
  const { loadStep } = (await import(registry)) as StepRegistry;
  const step = await loadStep(order.step);
  const store = new FolderStore(folder);
  const own = join(tempDir, `step-${++orders}`);
  await mkdir(own, { recursive: true });
  const tools: Tools = {
    store,
    locate: async (digest: Digest) => order.sources[digest] ?? (await store.pathOf(digest)),
    tempDir: own,
    log,
    progress: (progress) => send({ type: 'progress', ...progress }),
  };
  try {
    const outcome = await runStep(step, order.input, tools, { runtime, fresh: order.fresh });
    return { type: 'done', ...outcome };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'init') {
    init = message;
    if (message.python !== undefined) process.env.FETTLE_PYTHON = message.python;
    return;
  }
  const work = init
    ? obey(message, init)
    : Promise.reject(new DefectError('an order came before init'));
  work.catch((error: unknown): FromWorker => ({ type: 'failed', error: toWire(error) })).then(send);
});

// The parent is gone, however it went: nobody wants the result.
process.on('disconnect', () => process.exit(0));
