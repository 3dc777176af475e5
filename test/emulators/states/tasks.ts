import type { Json } from './json.ts';
import { StatesError } from './states-error.ts';

/** One call of a service by a `Task` state. */
export interface TaskCall {
  readonly resource: string;
  readonly arguments: Json;
  readonly executionArn: string;
  /** Aborted when the task's time is over or the execution ends. */
  readonly signal: AbortSignal;
}

/** Gives the task's result; an error's name is what `ErrorEquals` sees. */
export type TaskHandler = (call: TaskCall) => Promise<Json>;

/** Handlers by `Resource`, like `arn:aws:states:::lambda:invoke`, without `.waitForTaskToken`. */
export type TaskTable = Readonly<Record<string, TaskHandler>>;

export const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';
export const TOKEN_SUFFIX = '.waitForTaskToken';

/** The handler of a resource; a function's ARN as the resource is an invocation with its payload alone. */
export function handlerOf(table: TaskTable, resource: string): TaskHandler {
  const known = table[resource.replace(TOKEN_SUFFIX, '')];
  if (known) return known;
  const invoke = table[LAMBDA_INVOKE];
  if (invoke && /^arn:aws:lambda:[^:]*:\d*:function:/.test(resource)) {
    return async (call) => {
      const payload = { FunctionName: resource, Payload: call.arguments };
      const answer = await invoke({ ...call, arguments: payload });
      return payloadOf(answer);
    };
  }
  throw new StatesError('States.Runtime', `No emulator serves the resource ${resource}`);
}

function payloadOf(answer: Json): Json {
  return typeof answer === 'object' && answer !== null && 'Payload' in answer
    ? (answer.Payload ?? null)
    : null;
}
