import { isJsonObject, type Json } from './json.ts';
import { StatesError } from './states-error.ts';
import type { TaskHandler } from './tasks.ts';

/** Runs a function and waits; `name` is whatever names a function, an ARN too. */
export type Invoke = (
  name: string,
  payload: Json,
) => Promise<{
  readonly functionError?: string;
  readonly payload: string;
  readonly executedVersion: string;
}>;

/**
 * `lambda:invoke` over any emulator of Lambda.
 *
 * A function's error has its own `errorType`; an error of the service is `Lambda.` and its name, like
 * `Lambda.TooManyRequestsException`. Whoever gives `invoke` must not retry, as the service does not.
 */
export function lambdaTask(invoke: Invoke): TaskHandler {
  return async ({ arguments: given }) => {
    const {
      FunctionName,
      Payload = {},
      InvocationType = 'RequestResponse',
    } = isJsonObject(given) ? given : {};
    if (typeof FunctionName !== 'string' || InvocationType !== 'RequestResponse') {
      throw new StatesError(
        'States.Runtime',
        'Arguments need a FunctionName, and no InvocationType but RequestResponse',
      );
    }
    const answer = await invoke(FunctionName, Payload).catch(asServiceError);
    if (answer.functionError !== undefined) throw functionError(answer.payload);
    return {
      ExecutedVersion: answer.executedVersion,
      Payload: parsed(answer.payload),
      StatusCode: 200,
    };
  };
}

function asServiceError(error: unknown): never {
  if (!(error instanceof Error)) throw error;
  const isAnswered = 'status' in error;
  throw new StatesError(`Lambda.${isAnswered ? error.name : 'SdkClientException'}`, error.message);
}

function functionError(text: string): StatesError {
  const error = parsed(text);
  const type = isJsonObject(error) ? error.errorType : undefined;
  return new StatesError(typeof type === 'string' ? type : 'Lambda.Unknown', text);
}

/** A function may answer with nothing, or with text that is no JSON. */
function parsed(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
