/** The Step Functions API's operations: what they take, and what they answer in JSON. */
import { z } from 'zod';
import { ApiError, type Operation } from '../json-api.ts';
import type { Execution } from './execution.ts';
import type { HistoryEvent } from './history.ts';
import type { Json } from './json.ts';
import { failedItems, type MapRun } from './map-run.ts';
import type { Machine, StatesService } from './service.ts';
import { UnknownToken } from './task-tokens.ts';

const page = {
  maxResults: z.int().min(0).max(1000).default(100),
  nextToken: z.string().optional(),
};
const status = z.enum([
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
  'PENDING_REDRIVE',
]);
const executionArn = z.object({ executionArn: z.string() });

/** An operation whose input is checked by the schema; more fields than it names are passed over. */
function operation<T>(
  schema: z.ZodType<T>,
  work: (input: T) => object | Promise<object>,
): Operation {
  return (input) => work(schema.parse(input));
}

/** All operations over one service. */
export function statesOperations(service: StatesService): Readonly<Record<string, Operation>> {
  return {
    CreateStateMachine: operation(
      z.object({ name: z.string(), definition: z.string(), roleArn: z.string().default('') }),
      ({ name, definition, roleArn }) => {
        const machine = service.machine(service.createMachine(name, definition, roleArn));
        return { stateMachineArn: machine.arn, creationDate: seconds(machine.creationDate) };
      },
    ),
    DescribeStateMachine: operation(z.object({ stateMachineArn: z.string() }), (input) =>
      describeMachine(service.machine(input.stateMachineArn)),
    ),
    ListStateMachines: operation(z.object(page), (input) => {
      const { items, ...more } = paged([...service.machines.values()], input);
      return { stateMachines: items.map(machineItem), ...more };
    }),
    StartExecution: operation(
      z.object({
        stateMachineArn: z.string(),
        input: z.string().optional(),
        name: z.string().optional(),
      }),
      ({ stateMachineArn, input, name }) => {
        const execution = service.startExecution(stateMachineArn, input, name);
        const { arn } = execution.options;
        return { executionArn: arn, startDate: seconds(execution.startDate) };
      },
    ),
    DescribeExecution: operation(executionArn, (input) =>
      describeExecution(service.execution(input.executionArn)),
    ),
    ListExecutions: operation(
      z.object({
        stateMachineArn: z.string().optional(),
        mapRunArn: z.string().optional(),
        statusFilter: status.optional(),
        ...page,
      }),
      (input) => {
        const found = executionsOf(service, input.stateMachineArn, input.mapRunArn)
          .filter((each) => !input.statusFilter || each.status === input.statusFilter)
          .toSorted((a, b) => b.startDate - a.startDate);
        const { items, ...more } = paged(found, input);
        return { executions: items.map(executionItem), ...more };
      },
    ),
    StopExecution: operation(
      executionArn.extend({ error: z.string().optional(), cause: z.string().optional() }),
      async ({ executionArn: arn, error, cause }) => {
        const { stopDate = 0 } = await service.stopExecution(arn, error, cause);
        return { stopDate: seconds(stopDate) };
      },
    ),
    RedriveExecution: operation(executionArn, (input) => {
      const { redriveDate = 0 } = service.redriveExecution(input.executionArn);
      return { redriveDate: seconds(redriveDate) };
    }),
    GetExecutionHistory: operation(
      executionArn.extend({ reverseOrder: z.boolean().default(false), ...page }),
      (input) => {
        const { events } = service.execution(input.executionArn).history;
        const { items, ...more } = paged(input.reverseOrder ? events.toReversed() : events, input);
        return { events: items.map(historyItem), ...more };
      },
    ),
    DescribeMapRun: operation(z.object({ mapRunArn: z.string() }), (input) =>
      describeMapRun(mapRun(service, input.mapRunArn)),
    ),
    ListMapRuns: operation(executionArn.extend(page), (input) => {
      const runs = [...service.mapRuns.values()].filter(
        (run) => run.executionArn === input.executionArn,
      );
      const { items, ...more } = paged(runs, input);
      return {
        mapRuns: items.map((run) => ({ executionArn: run.executionArn, mapRunArn: run.arn })),
        ...more,
      };
    }),
    SendTaskSuccess: operation(
      z.object({ taskToken: z.string(), output: z.string() }),
      ({ taskToken, output }) => {
        const value: Json = JSON.parse(output);
        return answerToken(() => service.tokens.succeed(taskToken, value));
      },
    ),
    SendTaskFailure: operation(
      z.object({
        taskToken: z.string(),
        error: z.string().default(''),
        cause: z.string().default(''),
      }),
      ({ taskToken, error, cause }) =>
        answerToken(() => service.tokens.fail(taskToken, error, cause)),
    ),
    SendTaskHeartbeat: operation(z.object({ taskToken: z.string() }), ({ taskToken }) =>
      answerToken(() => service.tokens.heartbeat(taskToken)),
    ),
  };
}

const seconds = (milliseconds: number): number => milliseconds / 1000;

function answerToken(answer: () => void): object {
  try {
    answer();
    return {};
  } catch (error) {
    if (error instanceof UnknownToken) throw new ApiError('TaskDoesNotExist', 'Unknown task token');
    throw error;
  }
}

/** One page; the token is the place where the next begins. */
function paged<T>(
  all: readonly T[],
  { maxResults, nextToken }: { maxResults: number; nextToken?: string | undefined },
): { items: readonly T[]; nextToken?: string } {
  const first = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(first)) throw new ApiError('InvalidToken', `Invalid token '${nextToken}'`);
  const last = first + (maxResults || 100);
  const items = all.slice(first, last);
  return last < all.length ? { items, nextToken: String(last) } : { items };
}

function executionsOf(
  service: StatesService,
  machineArn: string | undefined,
  mapRunArn: string | undefined,
): readonly Execution[] {
  if (mapRunArn !== undefined) {
    return mapRun(service, mapRunArn).children.map(({ execution }) => execution);
  }
  const { arn } = service.machine(machineArn ?? '');
  // A Map keeps the order of insertion: newest first, so that equal dates stay in order.
  return [...service.executions.values()]
    .filter(({ options }) => options.machineArn === arn)
    .toReversed();
}

function mapRun(service: StatesService, arn: string): MapRun {
  const run = service.mapRuns.get(arn);
  if (run) return run;
  throw new ApiError('ResourceNotFound', `Map Run does not exist: '${arn}'`);
}

const machineItem = ({ arn, name, creationDate }: Machine): object => ({
  stateMachineArn: arn,
  name,
  type: 'STANDARD',
  creationDate: seconds(creationDate),
});

const describeMachine = (machine: Machine): object => ({
  ...machineItem(machine),
  status: 'ACTIVE',
  definition: machine.text,
  roleArn: machine.roleArn,
});

function executionItem({ options, ...execution }: Execution): object {
  const { stopDate, redriveDate } = execution;
  return {
    executionArn: options.arn,
    stateMachineArn: options.machineArn,
    name: options.name,
    status: execution.status,
    startDate: seconds(execution.startDate),
    ...(stopDate !== undefined && { stopDate: seconds(stopDate) }),
    ...(options.mapRunArn !== undefined && { mapRunArn: options.mapRunArn }),
    redriveCount: execution.redriveCount,
    ...(redriveDate !== undefined && { redriveDate: seconds(redriveDate) }),
  };
}

function describeExecution(execution: Execution): object {
  const { options, output, error } = execution;
  return {
    ...executionItem(execution),
    input: options.input,
    inputDetails: { included: true },
    ...(output !== undefined && {
      output: JSON.stringify(output),
      outputDetails: { included: true },
    }),
    ...(error && { error: error.error, cause: error.causeText }),
  };
}

const historyItem = ({ details, timestamp, ...event }: HistoryEvent): object => ({
  ...event,
  timestamp: seconds(timestamp),
  ...details,
});

function describeMapRun(run: MapRun): object {
  const { children } = run;
  const itemsOf = (...wanted: readonly string[]): number =>
    children
      .filter(({ execution }) => wanted.includes(execution.status))
      .reduce((total, { items }) => total + items, 0);
  const counts = {
    pending: itemsOf('PENDING'),
    running: itemsOf('RUNNING'),
    succeeded: itemsOf('SUCCEEDED'),
    failed: failedItems(run),
    timedOut: itemsOf('TIMED_OUT'),
    aborted: itemsOf('ABORTED'),
    total: children.reduce((total, { items }) => total + items, 0),
    resultsWritten: 0,
  };
  return {
    mapRunArn: run.arn,
    executionArn: run.executionArn,
    status: run.status,
    startDate: 0,
    maxConcurrency: run.maxConcurrency,
    toleratedFailureCount: run.toleratedFailureCount ?? 0,
    toleratedFailurePercentage: run.toleratedFailurePercentage ?? 0,
    itemCounts: counts,
    redriveCount: run.redriveCount,
  };
}
