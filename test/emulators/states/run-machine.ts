/** The interpreter's heart: one state after the other, with retries and catchers. */

import { runParallel } from './branches.ts';
import type { Catcher, MachineDefinition, Retrier, State } from './definition.ts';
import type { Json } from './json.ts';
import { bounded } from './limits.ts';
import { runMapOrMapRun } from './map-state.ts';
import type { Checkpoint, Frame } from './runtime.ts';
import { runChoice, runFail, runWait } from './simple-states.ts';
import { asStatesError, isMatch, type StatesError } from './states-error.ts';
import { runTask } from './task-state.ts';
import { evaluateIn, type Onward, type Outcome, type Visit } from './visit.ts';

/** Where a machine begins. */
export function startOf(machine: MachineDefinition, input: Json): Checkpoint {
  return { state: machine.StartAt, input, variables: {} };
}

/** Runs from the checkpoint to the end and gives the output; where it throws, the checkpoint stays. */
export async function runMachine(
  machine: MachineDefinition,
  checkpoint: Checkpoint,
  frame: Frame,
): Promise<Json> {
  for (;;) {
    frame.signal.throwIfAborted();
    const state = machine.States[checkpoint.state];
    if (!state) throw new Error(`no state ${checkpoint.state}`);
    const step = await runState(checkpoint.state, state, checkpoint, frame);
    checkpoint.branches = undefined;
    checkpoint.mapRun = undefined;
    if (step.next === undefined) return step.output;
    checkpoint.state = step.next;
    checkpoint.input = step.output;
  }
}

interface Step {
  readonly output: Json;
  readonly next: string | undefined;
}

async function runState(
  name: string,
  state: State,
  checkpoint: Checkpoint,
  frame: Frame,
): Promise<Step> {
  const { clock } = frame.runtime;
  const visit = { name, state, checkpoint, frame, enteredAt: clock.now() };
  frame.history.add(`${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name, input: JSON.stringify(checkpoint.input) },
  });
  const attempts = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount++) {
    try {
      const outcome = await runKind({ ...visit, retryCount });
      return await leave({ ...visit, retryCount }, outcome);
    } catch (thrown) {
      if (frame.signal.aborted) throw frame.signal.reason;
      const error = asStatesError(thrown);
      const seconds = retryDelay(state, error, attempts, frame.runtime.random);
      if (seconds === undefined) return leaveCaught({ ...visit, retryCount }, error);
      await clock.delay(seconds, 'retry', frame.signal);
      checkpoint.branches = undefined;
      checkpoint.mapRun = undefined;
    }
  }
}

async function runKind(visit: Visit): Promise<Outcome> {
  const { state } = visit;
  switch (state.Type) {
    case 'Pass':
      return { onward: state };
    case 'Succeed':
      return { onward: { Output: state.Output } };
    case 'Wait':
      return runWait({ ...visit, state });
    case 'Choice':
      return runChoice({ ...visit, state });
    case 'Fail':
      return runFail({ ...visit, state });
    case 'Task':
      return runTask({ ...visit, state });
    case 'Parallel':
      return runParallel({ ...visit, state }, runMachine);
    case 'Map':
      return runMapOrMapRun({ ...visit, state }, runMachine);
  }
}

/** The pause before the next attempt, or undefined where no retrier takes the error any more. */
function retryDelay(
  state: State,
  { error }: StatesError,
  attempts: Map<Retrier, number>,
  random: () => number,
): number | undefined {
  const retriers = 'Retry' in state ? state.Retry : [];
  const retrier = retriers.find(({ ErrorEquals }) => isMatch(ErrorEquals, error));
  if (!retrier) return undefined;
  const made = attempts.get(retrier) ?? 0;
  if (made >= retrier.MaxAttempts) return undefined;
  attempts.set(retrier, made + 1);
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const delay = Math.min(IntervalSeconds * BackoffRate ** made, MaxDelaySeconds);
  return retrier.JitterStrategy === 'FULL' ? delay * random() : delay;
}

async function leaveCaught(visit: Visit, error: StatesError): Promise<Step> {
  const catchers: readonly Catcher[] = 'Catch' in visit.state ? visit.state.Catch : [];
  const catcher = catchers.find(({ ErrorEquals }) => isMatch(ErrorEquals, error.error));
  if (!catcher) throw error;
  const errorOutput = { Error: error.error, Cause: error.causeText };
  return go(visit, catcher, { errorOutput }, errorOutput);
}

function leave(visit: Visit, { result, onward }: Outcome): Promise<Step> {
  const states = result === undefined ? {} : { result };
  return go(visit, onward, states, result === undefined ? visit.checkpoint.input : result);
}

/** Output and variables, both as the state saw the world before it assigned anything. */
async function go(
  visit: Visit,
  { Output, Assign, Next }: Onward,
  states: Readonly<Record<string, Json>>,
  otherwise: Json,
): Promise<Step> {
  const { name, state, checkpoint, frame } = visit;
  const output = Output === undefined ? otherwise : await evaluateIn(visit, Output, { states });
  bounded(output, `The output of '${name}'`);
  const entries = Object.entries(Assign ?? {}).map(async ([variable, template]) => {
    return [variable, await evaluateIn(visit, template, { states })] as const;
  });
  checkpoint.variables = {
    ...checkpoint.variables,
    ...Object.fromEntries(await Promise.all(entries)),
  };
  frame.history.add(`${state.Type}StateExited`, {
    stateExitedEventDetails: { name, output: JSON.stringify(output) },
  });
  return { output, next: Next };
}
