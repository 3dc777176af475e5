/** Executions of one state machine of Step Functions. */
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../../shared/pipeline/distributed/executions.ts';
import { clientDefaults, oncePerProcess } from './clients.ts';

/** As many as one answer may list. */
const PAGE = 1000;

/** What clocks of machines in AWS may differ by, and more. */
const CLOCKS_DIFFER_MS = 5000;

/** The client of Step Functions of this process. */
export const statesClient: () => SFNClient = oncePerProcess(() => new SFNClient(clientDefaults()));

/** See above. */
export class StateMachineExecutions implements Executions {
  readonly #client: SFNClient;
  readonly #machineArn: string;

  constructor(client: SFNClient, machineArn: string) {
    this.#client = client;
    this.#machineArn = machineArn;
  }

  async start(name: string, input: unknown): Promise<'started' | 'exists'> {
    const asked = Date.now();
    try {
      const { startDate } = await this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: this.#machineArn,
          name,
          input: JSON.stringify(input),
        }),
      );
      // One that runs with the same input is answered as if it were started now, but for its date.
      return startDate && startDate.getTime() < asked - CLOCKS_DIFFER_MS ? 'exists' : 'started';
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'exists';
      throw error;
    }
  }

  async isRunning(name: string): Promise<boolean> {
    // arn:…:stateMachine:NAME → arn:…:execution:NAME:EXECUTION
    const executionArn = `${this.#machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      const { status } = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return false;
      throw error;
    }
  }

  async countRunning(upTo: number): Promise<number> {
    let count = 0;
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListExecutionsCommand({
          stateMachineArn: this.#machineArn,
          statusFilter: 'RUNNING',
          maxResults: Math.min(PAGE, Math.max(1, upTo - count)),
          nextToken,
        }),
      );
      count += page.executions?.length ?? 0;
      nextToken = page.nextToken;
    } while (nextToken !== undefined && count < upTo);
    return Math.min(count, upTo);
  }
}
