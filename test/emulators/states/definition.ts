/**
 * Amazon States Language in JSONata mode, as schemas: what the interpreter executes, and nothing more.
 *
 * Every object is strict, so that a field of JSONPath mode, or one that the interpreter would pass over
 * in silence, is refused by its name. Source: states-language.net and the service's developer guide.
 */
import { z } from 'zod';
import { checkDefinition } from './check-definition.ts';
import { isExpression } from './expressions.ts';
import type { Json } from './json.ts';

const json: z.ZodType<Json> = z.json();
const expression = z.string().refine(isExpression, 'needs a number or an expression {% … %}');
const count = z.union([z.int().nonnegative(), expression]);
const percentage = z.union([z.number().min(0).max(100), expression]);
const seconds = z.union([z.int().positive(), expression]);

/** `States.ALL` stands alone. */
const errorEquals = z
  .array(z.string())
  .nonempty()
  .refine(
    (names) => names.length === 1 || !names.includes('States.ALL'),
    'States.ALL stands alone',
  );

const retrier = z.strictObject({
  ErrorEquals: errorEquals,
  Comment: z.string().optional(),
  IntervalSeconds: z.int().positive().default(1),
  MaxAttempts: z.int().nonnegative().default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.int().positive().optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
});

const catcher = z.strictObject({
  ErrorEquals: errorEquals,
  Comment: z.string().optional(),
  Output: json.optional(),
  Assign: z.record(z.string(), json).optional(),
  Next: z.string(),
});

/** A wildcard that is not last would hide what comes after it. */
const wildcardLast = (rules: readonly { ErrorEquals: readonly string[] }[]): boolean =>
  rules.slice(0, -1).every((rule) => !rule.ErrorEquals.includes('States.ALL'));

const common = {
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONata').optional(),
  Output: json.optional(),
};
const assign = { Assign: z.record(z.string(), json).optional() };
const onward = { Next: z.string().optional(), End: z.literal(true).optional() };
const failing = {
  Retry: z.array(retrier).refine(wildcardLast, 'States.ALL comes last').default([]),
  Catch: z.array(catcher).refine(wildcardLast, 'States.ALL comes last').default([]),
};

const pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...assign, ...onward });
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common });
const fail = z.strictObject({
  Type: z.literal('Fail'),
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONata').optional(),
  Error: z.string().default(''),
  Cause: z.string().default(''),
});
const wait = z
  .strictObject({
    Type: z.literal('Wait'),
    Seconds: z.union([z.int().nonnegative(), expression]).optional(),
    Timestamp: z.string().optional(),
    ...common,
    ...assign,
    ...onward,
  })
  .refine((state) => (state.Seconds === undefined) !== (state.Timestamp === undefined), {
    message: 'needs either Seconds or Timestamp',
  });
const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...assign,
  Choices: z
    .array(
      z.strictObject({
        Comment: z.string().optional(),
        Condition: z.union([z.boolean(), expression]),
        Output: json.optional(),
        Assign: z.record(z.string(), json).optional(),
        Next: z.string(),
      }),
    )
    .nonempty(),
  Default: z.string().optional(),
});
const task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.string(),
  Arguments: json.optional(),
  TimeoutSeconds: seconds.optional(),
  HeartbeatSeconds: seconds.optional(),
  ...common,
  ...assign,
  ...onward,
  ...failing,
});

const itemReader = z.strictObject({
  Resource: z.enum(['arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:listObjectsV2']),
  ReaderConfig: z
    .strictObject({
      InputType: z.enum(['JSON', 'JSONL', 'CSV', 'MANIFEST']).optional(),
      CSVHeaderLocation: z.enum(['FIRST_ROW', 'GIVEN']).optional(),
      CSVHeaders: z.array(z.string()).optional(),
      CSVDelimiter: z.enum(['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']).optional(),
      ItemsPointer: z.string().optional(),
      MaxItems: count.optional(),
    })
    .default({}),
  Arguments: json,
});
const itemBatcher = z
  .strictObject({
    MaxItemsPerBatch: count.optional(),
    MaxInputBytesPerBatch: count.optional(),
    BatchInput: json.optional(),
  })
  .refine(
    (batcher) =>
      batcher.MaxItemsPerBatch !== undefined || batcher.MaxInputBytesPerBatch !== undefined,
    'needs MaxItemsPerBatch or MaxInputBytesPerBatch',
  );
const resultWriter = z.strictObject({
  Resource: z.literal('arn:aws:states:::s3:putObject'),
  Arguments: json,
  WriterConfig: z
    .strictObject({
      OutputType: z.enum(['JSON', 'JSONL']).default('JSON'),
      Transformation: z.enum(['NONE', 'COMPACT', 'FLATTEN']).default('NONE'),
    })
    .default({ OutputType: 'JSON', Transformation: 'NONE' }),
});
const processorConfig = z.discriminatedUnion('Mode', [
  z.strictObject({ Mode: z.literal('INLINE') }),
  z.strictObject({ Mode: z.literal('DISTRIBUTED'), ExecutionType: z.literal('STANDARD') }),
]);

/** One machine, or a branch or item processor inside of one. */
export interface MachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number | undefined;
  readonly ProcessorConfig?: z.infer<typeof processorConfig> | undefined;
}

const body = {
  Comment: z.string().optional(),
  StartAt: z.string(),
  States: z.record(
    z.string(),
    z.lazy((): z.ZodType<State> => state),
  ),
};
const branch: z.ZodType<MachineDefinition> = z.lazy(() => z.strictObject(body));
const itemProcessor: z.ZodType<MachineDefinition> = z.lazy(() =>
  z.strictObject({ ...body, ProcessorConfig: processorConfig.optional() }),
);
const machine: z.ZodType<MachineDefinition> = z.strictObject({
  ...body,
  Version: z.string().optional(),
  QueryLanguage: z.literal('JSONata', { error: 'only JSONata mode is interpreted' }),
  TimeoutSeconds: z.int().positive().optional(),
});

const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  Branches: z.array(branch).nonempty(),
  Arguments: json.optional(),
  ...common,
  ...assign,
  ...onward,
  ...failing,
});
const map = z.strictObject({
  Type: z.literal('Map'),
  Items: json.optional(),
  ItemReader: itemReader.optional(),
  ItemSelector: json.optional(),
  ItemBatcher: itemBatcher.optional(),
  ItemProcessor: itemProcessor,
  MaxConcurrency: count.optional(),
  ToleratedFailureCount: count.optional(),
  ToleratedFailurePercentage: percentage.optional(),
  ResultWriter: resultWriter.optional(),
  Label: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional(),
  ...common,
  ...assign,
  ...onward,
  ...failing,
});
const state = z.discriminatedUnion('Type', [
  pass,
  succeed,
  fail,
  wait,
  choice,
  task,
  parallel,
  map,
]);

export type State = z.infer<typeof state>;
export type StateOf<Type extends State['Type']> = Extract<State, { Type: Type }>;
export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;

/** The definition that a JSON text holds; throws with the place and what is wrong there. */
export function parseDefinition(text: string): MachineDefinition {
  const parsed = machine.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`Invalid definition: ${z.prettifyError(parsed.error)}`);
  checkDefinition(parsed.data);
  return parsed.data;
}
