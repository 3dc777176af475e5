/** A distributed map: each item or batch is an execution of its own, counted, tolerated and redriven. */
import { randomUUID } from 'node:crypto';
import { forEachLimited, type RunMachine } from './branches.ts';
import { Execution } from './execution.ts';
import { readItems } from './item-reader.ts';
import { itemsOf, select } from './items.ts';
import type { Json } from './json.ts';
import { jsonBytes } from './json.ts';
import { bounded, MAP_RUN_CHILDREN, PAYLOAD_BYTES } from './limits.ts';
import { isIntolerable, type MapRun } from './map-run.ts';
import { writeResults } from './result-writer.ts';
import { StatesError } from './states-error.ts';
import { evaluateIn, integerIn, numberIn, type Outcome, type VisitOf } from './visit.ts';

/** Runs all children, or on a redrive those that did not succeed, and gathers what they gave. */
export async function runDistributedMap(
  visit: VisitOf<'Map'>,
  concurrency: number,
  run: RunMachine,
): Promise<Outcome> {
  const { state, checkpoint, frame } = visit;
  const redriven = checkpoint.mapRun;
  const mapRun = redriven ?? (await createMapRun(visit, concurrency, run));
  checkpoint.mapRun = mapRun;
  if (redriven) mapRun.redriveCount++;
  mapRun.status = 'RUNNING';
  frame.history.add('MapStateStarted', {
    mapStateStartedEventDetails: { length: String(mapRun.children.length) },
  });
  frame.history.add(redriven ? 'MapRunRedriven' : 'MapRunStarted', {
    [redriven ? 'mapRunRedrivenEventDetails' : 'mapRunStartedEventDetails']: {
      mapRunArn: mapRun.arn,
    },
  });
  await runChildren(mapRun, frame.signal);
  if (frame.signal.aborted) {
    mapRun.status = 'ABORTED';
    throw frame.signal.reason;
  }
  const isFailed = isIntolerable(mapRun);
  mapRun.status = isFailed ? 'FAILED' : 'SUCCEEDED';
  const written = state.ResultWriter && (await writeResults(visit, state.ResultWriter, mapRun));
  if (isFailed) {
    frame.history.add('MapRunFailed');
    throw new StatesError(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  }
  frame.history.add('MapRunSucceeded');
  frame.history.add('MapStateSucceeded');
  const result = written ?? outputsOf(mapRun, frame.runtime.toleratedFailures);
  return { result: bounded(result, `The result of '${visit.name}'`), onward: state };
}

function outputsOf({ children }: MapRun, toleratedFailures: 'absent' | 'null'): Json[] {
  const kept =
    toleratedFailures === 'null'
      ? children
      : children.filter(({ execution }) => execution.status === 'SUCCEEDED');
  return kept.map(({ execution }) => execution.output ?? null);
}

async function createMapRun(
  visit: VisitOf<'Map'>,
  concurrency: number,
  run: RunMachine,
): Promise<MapRun> {
  const { name, state, frame } = visit;
  const { runtime, execution } = frame;
  const items = state.ItemReader ? await readItems(visit, state.ItemReader) : await itemsOf(visit);
  const inputs = (await select(visit, items)).map(({ input }) => input);
  const [count, percentage] = await Promise.all([
    optional(state.ToleratedFailureCount, (value) =>
      integerIn(visit, 'ToleratedFailureCount', value),
    ),
    optional(state.ToleratedFailurePercentage, (value) =>
      numberIn(visit, 'ToleratedFailurePercentage', value),
    ),
  ]);
  const place = `arn:aws:states:${runtime.region}:${runtime.account}`;
  const label = `${execution.machineName}/${state.Label ?? name}`;
  const mapRunArn = `${place}:mapRun:${label}:${randomUUID()}`;
  const children = (await batchesOf(visit, inputs)).map((batch) => {
    const childName = randomUUID();
    const options = {
      arn: `${place}:execution:${label}:${childName}`,
      name: childName,
      machineArn: `${place}:stateMachine:${label}`,
      machineName: execution.machineName,
      machine: state.ItemProcessor,
      input: JSON.stringify(bounded(batch.input, `An item of '${name}'`)),
      mapRunArn,
    };
    return { execution: new Execution(options, runtime, run), items: batch.items };
  });
  const mapRun: MapRun = {
    arn: mapRunArn,
    executionArn: execution.arn,
    maxConcurrency: concurrency,
    toleratedFailureCount: count,
    toleratedFailurePercentage: percentage,
    children,
    status: 'RUNNING',
    redriveCount: 0,
  };
  runtime.onMapRun(mapRun);
  return mapRun;
}

async function optional<T>(
  value: T | undefined,
  work: (value: T) => Promise<number>,
): Promise<number | undefined> {
  return value === undefined ? undefined : work(value);
}

interface Batch {
  readonly input: Json;
  readonly items: number;
}

/** Single items, or `{ BatchInput, Items }` with as many as the batcher allows. */
async function batchesOf(
  visit: VisitOf<'Map'>,
  inputs: readonly Json[],
): Promise<readonly Batch[]> {
  const batcher = visit.state.ItemBatcher;
  if (!batcher) return inputs.map((input) => ({ input, items: 1 }));
  const { MaxItemsPerBatch = inputs.length, MaxInputBytesPerBatch = PAYLOAD_BYTES } = batcher;
  const most = (await integerIn(visit, 'MaxItemsPerBatch', MaxItemsPerBatch)) || inputs.length;
  const bytes = await integerIn(visit, 'MaxInputBytesPerBatch', MaxInputBytesPerBatch);
  const shared: { readonly [key: string]: Json } =
    batcher.BatchInput === undefined
      ? {}
      : { BatchInput: await evaluateIn(visit, batcher.BatchInput) };
  const frameBytes = jsonBytes({ ...shared, Items: [] });
  const batches: Json[][] = [];
  let room = 0;
  for (const input of inputs) {
    const size = jsonBytes(input) + 1;
    const last = batches.at(-1);
    if (last && last.length < most && size <= room) {
      last.push(input);
      room -= size;
    } else {
      batches.push([input]);
      room = bytes - frameBytes - size;
    }
  }
  return batches.map((Items) => ({ input: { ...shared, Items }, items: Items.length }));
}

/** Starts or redrives children until all have ended, too many have failed, or the signal says stop. */
async function runChildren(mapRun: MapRun, signal: AbortSignal): Promise<void> {
  const todo = mapRun.children
    .map(({ execution }) => execution)
    .filter((execution) => execution.status !== 'SUCCEEDED');
  const wasRun = new Set(todo.filter((execution) => execution.stopDate !== undefined));
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const stopAll = (): void => {
    for (const execution of todo) {
      if (execution.status === 'RUNNING') void execution.stop();
    }
  };
  stop.addEventListener('abort', stopAll, { once: true });
  for (const execution of todo) execution.status = 'PENDING';
  const limit = Math.min(mapRun.maxConcurrency || MAP_RUN_CHILDREN, MAP_RUN_CHILDREN);
  await forEachLimited(todo, limit, async (execution) => {
    if (stop.aborted) return;
    await (wasRun.has(execution) ? execution.redrive() : execution.start());
    if (isIntolerable(mapRun)) over.abort();
  });
}
