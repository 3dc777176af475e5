/** A machine run by a Step Functions API, ours or another, and how it ended. */
import { setTimeout as pause } from 'node:timers/promises';

import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Json } from '../emulators/states/json.ts';

export interface Ended {
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  /** Of errors that functions or machines make; the services' own words are nobody's contract. */
  readonly cause?: string;
}

const ROLE = 'arn:aws:iam::000000000000:role/machine';
const SECONDS = 60;

/** Machines at one endpoint, each with one execution named `run`. */
export class Machines implements Disposable {
  readonly #client: SFNClient;

  constructor(endpoint: string) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.#client = new SFNClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  }

  async run(name: string, definition: Json, input: Json): Promise<Ended> {
    const { stateMachineArn } = await this.#client.send(
      new CreateStateMachineCommand({
        name,
        definition: JSON.stringify(definition),
        roleArn: ROLE,
      }),
    );
    const { executionArn } = await this.#client.send(
      new StartExecutionCommand({ stateMachineArn, name: 'run', input: JSON.stringify(input) }),
    );
    const until = Date.now() + SECONDS * 1000;
    while (Date.now() < until) {
      const found = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
      const { status = '', output, error, cause } = found;
      if (status !== 'RUNNING')
        return {
          status,
          ...(output !== undefined && { output: JSON.parse(output) }),
          ...(error !== undefined && { error }),
          ...(error !== undefined && !/^(States|Lambda)\./.test(error) && { cause: cause ?? '' }),
        };
      await pause(50);
    }
    throw new Error(`${name} did not end within ${SECONDS} s`);
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}
