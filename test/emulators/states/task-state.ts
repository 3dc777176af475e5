import type { Json } from './json.ts';
import { bounded, LONGEST_SECONDS } from './limits.ts';
import { asStatesError, StatesError } from './states-error.ts';
import { handlerOf, TOKEN_SUFFIX } from './tasks.ts';
import { evaluateIn, integerIn, type Outcome, type Visit, type VisitOf } from './visit.ts';

/** Calls the service that the state names, within its time-out. */
export async function runTask(visit: VisitOf<'Task'>): Promise<Outcome> {
  const { state, frame } = visit;
  const limit = await integerIn(visit, 'TimeoutSeconds', state.TimeoutSeconds ?? LONGEST_SECONDS);
  const beat = await integerIn(visit, 'HeartbeatSeconds', state.HeartbeatSeconds ?? limit);
  const resource = { resource: state.Resource, resourceType: typeOf(state.Resource) };
  try {
    const result = await withTimeouts(visit, limit, beat, (signal, restart) =>
      call(visit, signal, restart),
    );
    bounded(result, `The result of the task '${state.Resource}'`);
    frame.history.add('TaskSucceeded', {
      taskSucceededEventDetails: { ...resource, output: JSON.stringify(result) },
    });
    return { result, onward: state };
  } catch (thrown) {
    if (frame.signal.aborted) throw frame.signal.reason;
    const { error, causeText } = asStatesError(thrown);
    const isTimeout = error === 'States.Timeout' || error === 'States.HeartbeatTimeout';
    frame.history.add(isTimeout ? 'TaskTimedOut' : 'TaskFailed', {
      [isTimeout ? 'taskTimedOutEventDetails' : 'taskFailedEventDetails']: {
        ...resource,
        error,
        cause: causeText,
      },
    });
    throw thrown;
  }
}

/** `lambda` of `arn:aws:states:::lambda:invoke`. */
const typeOf = (resource: string): string =>
  resource.startsWith('arn:aws:states:::')
    ? resource.split(':').slice(5, -1).join(':')
    : (resource.split(':')[2] ?? '');

async function call(
  visit: VisitOf<'Task'>,
  signal: AbortSignal,
  restart: () => void,
): Promise<Json> {
  const { state, checkpoint, frame } = visit;
  const { tasks, tokens, region } = frame.runtime;
  const waits = state.Resource.endsWith(TOKEN_SUFFIX) ? tokens.open(restart) : undefined;
  try {
    const given = state.Arguments ?? checkpoint.input;
    const context = waits && { Task: { Token: waits.token } };
    const args = bounded(
      state.Arguments === undefined
        ? given
        : await evaluateIn(visit, given, context && { context }),
      `The arguments of '${visit.name}'`,
    );
    frame.history.add('TaskScheduled', {
      taskScheduledEventDetails: {
        resource: state.Resource,
        resourceType: typeOf(state.Resource),
        region,
        parameters: JSON.stringify(args),
      },
    });
    frame.history.add('TaskStarted', {
      taskStartedEventDetails: { resource: state.Resource, resourceType: typeOf(state.Resource) },
    });
    const result = await handlerOf(
      tasks,
      state.Resource,
    )({
      resource: state.Resource,
      arguments: args,
      executionArn: frame.execution.arn,
      signal,
    });
    return waits ? await waits.answer : result;
  } finally {
    waits?.close();
  }
}

/** Runs the work until it answers, its time or the time since its last heartbeat is over, or all ends. */
async function withTimeouts(
  { frame }: Visit,
  limit: number,
  beat: number,
  work: (signal: AbortSignal, restart: () => void) => Promise<Json>,
): Promise<Json> {
  const { clock } = frame.runtime;
  const ended = new AbortController();
  const timers = AbortSignal.any([frame.signal, ended.signal]);
  const { promise: over, reject } = Promise.withResolvers<never>();
  const arm = (seconds: number, error: string, signal: AbortSignal): void => {
    if (seconds >= LONGEST_SECONDS) return;
    clock.delay(seconds, 'timeout', signal).then(
      () => reject(new StatesError(error, `No answer within ${seconds} seconds.`)),
      () => undefined,
    );
  };
  let lastBeat = new AbortController();
  const restart = (): void => {
    lastBeat.abort();
    lastBeat = new AbortController();
    arm(beat, 'States.HeartbeatTimeout', AbortSignal.any([timers, lastBeat.signal]));
  };
  arm(limit, 'States.Timeout', timers);
  if (beat < limit) restart();
  const stop = (): void => reject(frame.signal.reason);
  frame.signal.addEventListener('abort', stop, { once: true });
  try {
    frame.signal.throwIfAborted();
    return await Promise.race([work(timers, restart), over]);
  } finally {
    frame.signal.removeEventListener('abort', stop);
    ended.abort();
  }
}
