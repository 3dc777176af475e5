import { InvocationType, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { isJsonObject, type Json } from './json.ts';
import { StatesError } from './states-error.ts';
import type { TaskHandler } from './tasks.ts';

/**
 * `lambda:invoke` over any Lambda endpoint.
 *
 * A function's error has its own `errorType`; an error of the service is `Lambda.` and its name, like
 * `Lambda.TooManyRequestsException`. The client must not retry by itself, as the service does not.
 */
export function lambdaTask(client: LambdaClient): TaskHandler {
  return async ({ arguments: given, signal }) => {
    const { FunctionName, Payload = null, InvocationType: kind } = isJsonObject(given) ? given : {};
    if (typeof FunctionName !== 'string') {
      throw new StatesError('States.Runtime', 'Arguments need a FunctionName');
    }
    const isEvent = kind === 'Event';
    const command = new InvokeCommand({
      FunctionName,
      Payload: JSON.stringify(Payload),
      InvocationType: isEvent ? InvocationType.Event : InvocationType.RequestResponse,
    });
    const answer = await client.send(command, { abortSignal: signal }).catch(asServiceError);
    const text = Buffer.from(answer.Payload ?? new Uint8Array()).toString('utf8');
    if (answer.FunctionError !== undefined) throw functionError(text);
    return {
      ExecutedVersion: answer.ExecutedVersion ?? '$LATEST',
      ...(!isEvent && { Payload: parsed(text) }),
      StatusCode: answer.StatusCode ?? 200,
    };
  };
}

function asServiceError(error: unknown): never {
  if (!(error instanceof Error)) throw error;
  const isAnswered = '$metadata' in error && '$fault' in error;
  throw new StatesError(`Lambda.${isAnswered ? error.name : 'SdkClientException'}`, error.message);
}

function functionError(text: string): StatesError {
  const error = parsed(text);
  const type = isJsonObject(error) ? error.errorType : undefined;
  return new StatesError(typeof type === 'string' ? type : 'Lambda.Unknown', text);
}

/** A function may answer with nothing or, in Lambda's own runtimes, only with JSON. */
function parsed(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
