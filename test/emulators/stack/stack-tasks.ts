/** What the state machines of a stack can call, each with the rights of its role. */
import { parseFunctionName } from '../lambda/function-name.ts';
import type { LambdaEmulator } from '../lambda/start-lambda.ts';
import { isJsonObject } from '../states/json.ts';
import { lambdaTask } from '../states/lambda-task.ts';
import type { StatesEmulator } from '../states/start-states.ts';
import { StatesError } from '../states/states-error.ts';
import { LAMBDA_INVOKE, type TaskCall, type TaskHandler, type TaskTable } from '../states/tasks.ts';
import type { Access } from './access.ts';
import { batchTask } from './batch-jobs.ts';
import { readJobQueues, readJobs } from './read-jobs.ts';
import type { Resolver } from './resolve.ts';

export interface TasksOptions {
  readonly resolver: Resolver;
  readonly access: Access;
  readonly lambda: LambdaEmulator;
  readonly states: () => StatesEmulator;
  readonly root: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: (source: string, text: string) => void;
}

/** Functions, and Batch where the template has queues of it. */
export function stackTasks(options: TasksOptions): TaskTable {
  const { resolver, lambda, root, environment, log } = options;
  const queues = readJobQueues(resolver);
  const invoke = lambdaTask((given, payload) => {
    const { name, qualifier } = parseFunctionName(given, undefined);
    return lambda.invoke(name, payload, qualifier);
  });
  return {
    [LAMBDA_INVOKE]: guarded(options, 'lambda:InvokeFunction', 'FunctionName', invoke),
    ...(queues.length > 0 && {
      'arn:aws:states:::batch:submitJob.sync': guarded(
        options,
        'batch:SubmitJob',
        'JobQueue',
        batchTask({
          queues,
          jobs: readJobs(resolver),
          root,
          ...(environment && { environment }),
          ...(log && { log }),
        }),
      ),
    }),
  };
}

/** Asks whether the machine's role may do the action to what an argument names. */
function guarded(
  { access, states }: TasksOptions,
  action: string,
  argument: string,
  handler: TaskHandler,
): TaskHandler {
  return async (call) => {
    const resource = String(isJsonObject(call.arguments) ? call.arguments[argument] : '');
    const role = roleOf(call, states());
    if (access.roleAllows(role, { action, resource })) return handler(call);
    const message = `role ${role} is not authorized to perform: ${action} on ${resource}`;
    throw new StatesError('States.Permissions', message);
  };
}

/** Of `arn:aws:states:us-east-1:123456789012:execution:machine:name`, a child's too (`machine/label`). */
function roleOf({ executionArn }: TaskCall, { service }: StatesEmulator): string {
  const [name] = executionArn.split(':')[6]?.split('/') ?? [];
  const machine = [...service.machines.values()].find((each) => each.name === name);
  return machine?.roleArn.split('/').at(-1) ?? '';
}
