/** Delivers to whatever an ARN names: a queue, a function, a state machine. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Deliver } from '../events/event-bus.ts';
import type { Queue } from '../events/queue.ts';
import { parseFunctionName } from '../lambda/function-name.ts';
import type { LambdaEmulator } from '../lambda/start-lambda.ts';
import type { Json } from '../states/json.ts';
import type { StatesService } from '../states/service.ts';

export interface Destinations {
  readonly queues: readonly Queue[];
  readonly lambda: LambdaEmulator;
  readonly states: StatesService;
}

/** Opened when everything is there; what is delivered before waits. */
export class Router {
  readonly #opened = Promise.withResolvers<Destinations>();

  open(destinations: Destinations): void {
    this.#opened.resolve(destinations);
  }

  readonly deliver: Deliver = async (arn, payload) => {
    const { queues, lambda, states } = await this.#opened.promise;
    switch (arn.split(':')[2]) {
      case 'sqs': {
        const queue = queues.find((each) => each.arn === arn);
        if (!queue) throw new Error(`no queue ${arn}`);
        queue.send(payload);
        return;
      }
      case 'lambda':
        return sendEvent(lambda.endpoint, arn, payload);
      case 'states':
        states.startExecution(arn, payload);
        return;
      default:
        throw new Error(`the emulator delivers nothing to ${arn}`);
    }
  };

  /** Calls a function and waits; rejects where it failed or was throttled. */
  invokerOf(functionName: string): (event: Json) => Promise<Json> {
    return async (event) => {
      const { lambda } = await this.#opened.promise;
      const { name, qualifier } = parseFunctionName(functionName, undefined);
      const answer = await lambda.invoke(name, event, qualifier);
      if (answer.functionError !== undefined) throw new Error(answer.payload);
      return answer.payload === '' ? null : JSON.parse(answer.payload);
    };
  }
}

async function sendEvent(endpoint: string, arn: string, payload: string): Promise<void> {
  const client = new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
    maxAttempts: 1,
  });
  try {
    await client.send(
      new InvokeCommand({ FunctionName: arn, InvocationType: 'Event', Payload: payload }),
    );
  } finally {
    client.destroy();
  }
}
