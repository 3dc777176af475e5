/** Runs a definition in a service of its own, without waiting for waits and retries. */
import { type Clock, scaledClock } from './clock.ts';
import type { Execution } from './execution.ts';
import type { Json } from './json.ts';
import type { ListedObject, ObjectAccess } from './object-access.ts';
import { StatesService } from './service.ts';
import { StatesError } from './states-error.ts';
import type { TaskCall, TaskTable } from './tasks.ts';

export interface Outcome {
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
}

export type Functions = Readonly<
  Record<string, (input: Json, call: TaskCall) => Json | Promise<Json>>
>;

export interface World {
  readonly functions?: Functions;
  readonly tasks?: TaskTable;
  readonly objects?: ObjectAccess;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly toleratedFailures?: 'absent' | 'null';
}

export const INVOKE = 'arn:aws:states:::lambda:invoke';

/** A task state that calls the function with the state's input and gives its payload. */
export const invoke = (name: string, more: Record<string, Json> = { End: true }) => ({
  Type: 'Task',
  Resource: INVOKE,
  Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...more,
});

/** A machine in JSONata mode; the first state is where it starts. */
export const machine = (States: Record<string, Json>, more: Record<string, Json> = {}): Json => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(States)[0] ?? '',
  States,
  ...more,
});

export function service(world: World = {}): StatesService {
  const { functions = {} } = world;
  return new StatesService({
    region: 'us-east-1',
    account: '000000000000',
    clock: world.clock ?? scaledClock({ wait: 0, retry: 0, timeout: 0.01 }),
    random: world.random ?? Math.random,
    objects: world.objects ?? memoryObjects({}),
    toleratedFailures: world.toleratedFailures ?? 'absent',
    tasks: {
      [INVOKE]: async (call) => {
        const { FunctionName = '', Payload = null } = call.arguments as Record<string, Json>;
        const work = functions[String(FunctionName).split(':').at(-1) ?? ''];
        if (!work) throw new StatesError('Lambda.ResourceNotFoundException', 'no such function');
        return { StatusCode: 200, Payload: await work(Payload, call) };
      },
      ...world.tasks,
    },
  });
}

/** The execution after it has ended. */
export async function execute(
  definition: Json,
  input: Json = {},
  world: World = {},
): Promise<Execution> {
  const states = service(world);
  const arn = states.createMachine('m', JSON.stringify(definition));
  const execution = states.startExecution(arn, JSON.stringify(input), 'run');
  await execution.ended();
  return execution;
}

export function outcome({ status, output, error }: Execution): Outcome {
  return {
    status,
    ...(output !== undefined && { output }),
    ...(error && { error: error.error, cause: error.causeText }),
  };
}

export interface MemoryObjects extends ObjectAccess {
  readonly stored: Map<string, string>;
}

/** Objects by `bucket/key`. */
export function memoryObjects(initial: Readonly<Record<string, string>>): MemoryObjects {
  const stored = new Map(Object.entries(initial));
  return {
    stored,
    get: async (bucket, key) => {
      const text = stored.get(`${bucket}/${key}`);
      if (text === undefined) throw new Error(`NoSuchKey: ${key}`);
      return new TextEncoder().encode(text);
    },
    put: async (bucket, key, body) => {
      stored.set(`${bucket}/${key}`, body);
    },
    list: async (bucket, prefix) =>
      [...stored]
        .filter(([path]) => path.startsWith(`${bucket}/${prefix}`))
        .map(
          ([path, body]): ListedObject => ({
            Etag: '"e"',
            Key: path.slice(bucket.length + 1),
            LastModified: 0,
            Size: body.length,
            StorageClass: 'STANDARD',
          }),
        )
        .toSorted((a, b) => (a.Key < b.Key ? -1 : 1)),
  };
}
