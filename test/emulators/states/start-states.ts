/** Step Functions on this machine. */
import { type AccessRequest, type ApiError, startJsonApi } from '../json-api.ts';
import { type Clock, scaledClock } from './clock.ts';
import type { Execution } from './execution.ts';
import { isJsonObject, type Json } from './json.ts';
import type { ObjectAccess } from './object-access.ts';
import { statesOperations } from './operations.ts';
import { StatesService } from './service.ts';
import { StatesError } from './states-error.ts';
import type { TaskHandler, TaskTable } from './tasks.ts';

export interface StatesOptions {
  /** What `Task` states call, by `Resource`; starting executions is there by itself. */
  readonly tasks?: TaskTable;
  /** What distributed maps read and write; without it those that do fail. */
  readonly objects?: ObjectAccess;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly region?: string;
  readonly account?: string;
  readonly port?: number;
  /** What stands for a tolerated failed item in a map's output. Default: absent. */
  readonly toleratedFailures?: 'absent' | 'null';
  readonly onStatus?: (execution: Execution) => void;
  /** Asked before each call of the API; what it gives is answered instead. */
  readonly fault?: (operation: string) => ApiError | undefined;
  /** Who may do what; everybody everything by default. */
  readonly authorize?: (request: AccessRequest) => boolean;
}

export interface StatesEmulator extends AsyncDisposable {
  readonly endpoint: string;
  readonly service: StatesService;
  /** Stops what runs and closes the port. */
  close(): Promise<void>;
}

/** Starts the emulator: machines are made by `service.createMachine` or the API. */
export async function startStates(options: StatesOptions = {}): Promise<StatesEmulator> {
  const { tasks = {}, objects = NO_OBJECTS, onStatus, port, fault, authorize } = options;
  const service: StatesService = new StatesService({
    region: options.region ?? 'us-east-1',
    account: options.account ?? '123456789012',
    clock: options.clock ?? scaledClock(),
    random: options.random ?? Math.random,
    tasks: { ...ownTasks(() => service), ...tasks },
    objects,
    toleratedFailures: options.toleratedFailures ?? 'absent',
    ...(onStatus && { onStatus }),
  });
  const api = await startJsonApi({
    operations: statesOperations(service),
    ...(port !== undefined && { port }),
    ...(fault && { fault }),
    ...(authorize && { authorize }),
  });
  const close = async (): Promise<void> => {
    await service.close();
    await api.close();
  };
  return { endpoint: api.endpoint, service, close, [Symbol.asyncDispose]: close };
}

const refuse = async (): Promise<never> => {
  throw new Error('the emulator was started without objects');
};
const NO_OBJECTS: ObjectAccess = { get: refuse, put: refuse, list: refuse };

/** Executions that start executions. */
function ownTasks(service: () => StatesService): TaskTable {
  const start = (call: Parameters<TaskHandler>[0], prefix: string): Execution => {
    const {
      StateMachineArn,
      Input = {},
      Name,
    } = isJsonObject(call.arguments) ? call.arguments : {};
    const input = typeof Input === 'string' ? Input : JSON.stringify(Input);
    try {
      return service().startExecution(
        String(StateMachineArn),
        input,
        typeof Name === 'string' ? Name : undefined,
      );
    } catch (error) {
      if (!(error instanceof Error) || !('type' in error)) throw error;
      throw new StatesError(`${prefix}.${error.type}Exception`, error.message);
    }
  };
  const answer = ({ options, startDate }: Execution): Json => ({
    ExecutionArn: options.arn,
    StartDate: new Date(startDate).toISOString(),
  });
  return {
    'arn:aws:states:::states:startExecution': async (call) => answer(start(call, 'StepFunctions')),
    'arn:aws:states:::aws-sdk:sfn:startExecution': async (call) => answer(start(call, 'Sfn')),
    'arn:aws:states:::states:startExecution.sync:2': async (call) => {
      const execution = start(call, 'StepFunctions');
      call.signal.addEventListener('abort', () => void execution.stop(), { once: true });
      await execution.ended();
      const { status, output = null, error, options } = execution;
      if (status === 'SUCCEEDED') {
        return {
          ExecutionArn: options.arn,
          Name: options.name,
          Status: status,
          Input: options.input,
          Output: output,
        };
      }
      const cause = { ExecutionArn: options.arn, Status: status, Error: error?.error ?? '' };
      throw new StatesError('States.TaskFailed', JSON.stringify(cause));
    },
  };
}
