/** What runs several machines inside of one: branches of `Parallel`, iterations of an inline `Map`. */
import type { MachineDefinition } from './definition.ts';
import type { Json } from './json.ts';
import { bounded, INLINE_CONCURRENCY } from './limits.ts';
import type { Branch, Checkpoint, Frame } from './runtime.ts';
import { evaluateIn, type Outcome, type Visit, type VisitOf } from './visit.ts';

/** {@link runMachine}, handed down because a branch is a machine again. */
export type RunMachine = (
  machine: MachineDefinition,
  checkpoint: Checkpoint,
  frame: Frame,
) => Promise<Json>;

/** All branches at once; the first failure ends the others. */
export async function runParallel(visit: VisitOf<'Parallel'>, run: RunMachine): Promise<Outcome> {
  const { state, checkpoint, frame } = visit;
  if (!checkpoint.branches) {
    const input =
      state.Arguments === undefined
        ? checkpoint.input
        : bounded(await evaluateIn(visit, state.Arguments), `The arguments of '${visit.name}'`);
    checkpoint.branches = state.Branches.map(({ StartAt }) => ({
      checkpoint: { state: StartAt, input, variables: {} },
    }));
  }
  frame.history.add('ParallelStateStarted');
  const machines = new Map(
    checkpoint.branches.map((branch, index) => [branch, state.Branches[index]]),
  );
  const result = await runBranches(visit, checkpoint.branches.length, async (branch, inner) => {
    const machine = machines.get(branch);
    if (!machine) throw new Error('a branch without a machine');
    return run(machine, branch.checkpoint, inner);
  });
  frame.history.add('ParallelStateSucceeded');
  return { result: bounded(result, `The result of '${visit.name}'`), onward: state };
}

/** One iteration for each item, in order of the items; the first failure ends the others. */
export async function runInlineMap(
  visit: VisitOf<'Map'>,
  inputs: () => Promise<readonly { readonly value: Json; readonly input: Json }[]>,
  concurrency: number,
  run: RunMachine,
): Promise<Outcome> {
  const { state, checkpoint, frame } = visit;
  const machine = state.ItemProcessor;
  checkpoint.branches ??= (await inputs()).map(({ value, input }, index) => ({
    checkpoint: { state: machine.StartAt, input, variables: {} },
    mapItem: { Index: index, Value: value },
  }));
  frame.history.add('MapStateStarted', {
    mapStateStartedEventDetails: { length: String(checkpoint.branches.length) },
  });
  const limit = concurrency === 0 ? INLINE_CONCURRENCY : Math.min(concurrency, INLINE_CONCURRENCY);
  const result = await runBranches(visit, limit, async (branch, inner) => {
    const details = { name: visit.name, index: String(branch.mapItem?.Index) };
    frame.history.add('MapIterationStarted', { mapIterationStartedEventDetails: details });
    try {
      const output = await run(machine, branch.checkpoint, inner);
      frame.history.add('MapIterationSucceeded', { mapIterationSucceededEventDetails: details });
      return output;
    } catch (error) {
      const type = inner.signal.aborted ? 'Aborted' : 'Failed';
      frame.history.end(`MapIteration${type}`, { [`mapIteration${type}EventDetails`]: details });
      throw error;
    }
  });
  frame.history.add('MapStateSucceeded');
  return { result: bounded(result, `The result of '${visit.name}'`), onward: state };
}

async function runBranches(
  { checkpoint, frame }: Visit,
  concurrency: number,
  run: (branch: Branch, inner: Frame) => Promise<Json>,
): Promise<Json[]> {
  const branches = checkpoint.branches ?? [];
  const failed = new AbortController();
  const signal = AbortSignal.any([frame.signal, failed.signal]);
  const outerVariables = { ...frame.outerVariables, ...checkpoint.variables };
  await forEachLimited(branches, concurrency, async (branch) => {
    if (branch.done || signal.aborted) return;
    const item = branch.mapItem && { mapItem: branch.mapItem };
    try {
      branch.done = { output: await run(branch, { ...frame, ...item, signal, outerVariables }) };
    } catch (error) {
      failed.abort(error);
    }
  });
  signal.throwIfAborted();
  return branches.map((branch) => branch.done?.output ?? null);
}

/** Calls `work` for every item in order, so many at once. */
export async function forEachLimited<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}
