/** Small machines and how they end: one row a rule of the language. */
import { type Functions, invoke, machine, type Outcome } from './_run.ts';
import type { Json } from './json.ts';

export interface FlowCase {
  readonly rule: string;
  readonly definition: Json;
  readonly input?: Json;
  readonly expected: Outcome;
}

export const FUNCTIONS: Functions = {
  echo: (input) => input,
  double: (input) => Number(input) * 2,
  boom: () => {
    throw Object.assign(new Error('bad'), { name: 'Boom' });
  },
  odd: (input) => {
    if (Number(input) % 2 === 0) return input;
    throw Object.assign(new Error(`odd ${input}`), { name: 'Odd' });
  },
};

const pass = (Output: Json, more: Record<string, Json> = { End: true }) => ({
  Type: 'Pass',
  Output,
  ...more,
});
const done = (output: Json): Outcome => ({ status: 'SUCCEEDED', output });
const failed = (error: string, cause: string): Outcome => ({ status: 'FAILED', error, cause });
const each = (states: Record<string, Json>, more: Record<string, Json> = {}): Json => ({
  Type: 'Map',
  Items: '{% $states.input.items %}',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: Object.keys(states)[0] ?? '',
    States: states,
  },
  End: true,
  ...more,
});
const items = { items: [2, 4, 6] };
const errorOutput = '{% $states.errorOutput %}';

export const FLOW_CASES: readonly FlowCase[] = [
  {
    rule: 'a Pass without Output gives its input',
    definition: machine({ A: { Type: 'Pass', End: true } }),
    input: { a: 1 },
    expected: done({ a: 1 }),
  },
  {
    rule: 'expressions stand anywhere in Output, other strings as they are',
    definition: machine({
      A: pass({ sum: '{% $states.input.a + 1 %}', list: ['{% 2 %}', ' {% x'] }),
    }),
    input: { a: 1 },
    expected: done({ sum: 2, list: [2, ' {% x'] }),
  },
  {
    rule: 'Assign and Output both see the variables from before',
    definition: machine({
      A: pass('{% $states.input.n %}', { Assign: { x: 1 }, Next: 'B' }),
      B: pass('{% $x + $states.input %}', { Assign: { x: '{% $x + 10 %}' }, Next: 'C' }),
      C: pass('{% [$states.input, $x] %}'),
    }),
    input: { n: 5 },
    expected: done([6, 11]),
  },
  {
    rule: 'a task gives its result, Output may take from it',
    definition: machine({ A: invoke('double') }),
    input: 21,
    expected: done(42),
  },
  {
    rule: "a function's ARN as the resource takes and gives the payload alone",
    definition: machine({
      A: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:us-east-1:000000000000:function:double',
        End: true,
      },
    }),
    input: 2,
    expected: done(4),
  },
  {
    rule: 'an expression without a value is an error',
    definition: machine({ A: pass('{% $states.input.none %}') }),
    expected: failed(
      'States.QueryEvaluationError',
      "'$states.input.none' returned nothing (undefined).",
    ),
  },
  {
    rule: 'Choice takes the first rule that holds, with its own Assign and Output',
    definition: machine({
      C: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 5 %}', Next: 'B' },
          {
            Condition: '{% $states.input.n > 2 %}',
            Assign: { y: 7 },
            Output: "{% 'out' %}",
            Next: 'B',
          },
          { Condition: '{% true %}', Next: 'F' },
        ],
      },
      B: pass('{% [$states.input, $y] %}'),
      F: { Type: 'Fail' },
    }),
    input: { n: 3 },
    expected: done(['out', 7]),
  },
  {
    rule: 'Choice takes the default with the Output of the state',
    definition: machine({
      C: {
        Type: 'Choice',
        Choices: [{ Condition: '{% false %}', Output: 'no', Next: 'F' }],
        Default: 'S',
        Output: "{% 'default' %}",
      },
      F: { Type: 'Fail' },
      S: { Type: 'Succeed' },
    }),
    expected: done('default'),
  },
  {
    rule: 'Choice without a match and a default fails',
    definition: machine({
      C: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'S' }] },
      S: { Type: 'Succeed' },
    }),
    expected: failed('States.NoChoiceMatched', "No choice of 'C' matched."),
  },
  {
    rule: 'a condition is true or false, nothing like it',
    definition: machine({
      C: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'S' }] },
      S: { Type: 'Succeed' },
    }),
    expected: failed('States.QueryEvaluationError', 'Condition needs true or false: 1'),
  },
  {
    rule: 'Wait gives its input, whatever its time is written as',
    definition: machine({
      A: { Type: 'Wait', Seconds: 3, Next: 'B' },
      B: { Type: 'Wait', Seconds: '{% $states.input.s %}', Next: 'C' },
      C: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
    }),
    input: { s: 2 },
    expected: done({ s: 2 }),
  },
  {
    rule: 'Fail names its error by expressions',
    definition: machine({
      F: { Type: 'Fail', Error: '{% $states.input.e %}', Cause: "{% 'n=' & $string(3) %}" },
    }),
    input: { e: 'Mine' },
    expected: failed('Mine', 'n=3'),
  },
  {
    rule: 'Succeed has an Output',
    definition: machine({ S: { Type: 'Succeed', Output: '{% $states.input.a %}' } }),
    input: { a: [1] },
    expected: done([1]),
  },
  {
    rule: 'a catcher gets the error by name, with Output and Assign of its own',
    definition: machine({
      A: invoke('boom', {
        Catch: [
          { ErrorEquals: ['Other'], Next: 'F' },
          { ErrorEquals: ['Boom'], Output: errorOutput, Assign: { was: 'boom' }, Next: 'B' },
        ],
        End: true,
      }),
      B: pass('{% [$states.input.Error, $states.input.Cause, $was] %}'),
      F: { Type: 'Fail' },
    }),
    expected: done(['Boom', 'bad', 'boom']),
  },
  {
    rule: 'a catcher without Output gives Error and Cause',
    definition: machine({
      A: invoke('boom', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }], End: true }),
      B: { Type: 'Pass', End: true },
    }),
    expected: done({ Error: 'Boom', Cause: 'bad' }),
  },
  {
    rule: 'States.TaskFailed catches whatever a task fails with',
    definition: machine({
      A: invoke('nowhere', {
        Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'B' }],
        End: true,
      }),
      B: pass('{% $states.input.Error %}'),
    }),
    expected: done('Lambda.ResourceNotFoundException'),
  },
  {
    rule: 'an error of an expression can be caught',
    definition: machine({
      A: invoke('echo', {
        Output: '{% $states.result.none %}',
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'B' }],
        End: true,
      }),
      B: pass("{% 'caught' %}"),
    }),
    expected: done('caught'),
  },
  {
    rule: 'Parallel gives the outputs in order; its branches read the variables around',
    definition: machine({
      A: pass({}, { Assign: { x: 1 }, Next: 'P' }),
      P: {
        Type: 'Parallel',
        Arguments: { n: 3 },
        Branches: [
          {
            StartAt: 'L',
            States: { L: { Type: 'Wait', Seconds: 1, Next: 'M' }, M: pass('{% $x %}') },
          },
          { StartAt: 'R', States: { R: pass('{% $states.input.n %}') } },
        ],
        Output: '{% $states.result %}',
        End: true,
      },
    }),
    expected: done([1, 3]),
  },
  {
    rule: 'a failed branch fails Parallel with its own error, which can be caught',
    definition: machine({
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'L', States: { L: { Type: 'Wait', Seconds: 9, End: true } } },
          { StartAt: 'R', States: { R: { Type: 'Fail', Error: 'Own', Cause: 'c' } } },
        ],
        Catch: [{ ErrorEquals: ['Own'], Output: errorOutput, Next: 'B' }],
        End: true,
      },
      B: { Type: 'Pass', End: true },
    }),
    expected: done({ Error: 'Own', Cause: 'c' }),
  },
  {
    rule: 'an inline Map keeps the order of its items',
    definition: machine({ M: each({ A: invoke('double') }, { MaxConcurrency: 2 }) }),
    input: items,
    expected: done([4, 8, 12]),
  },
  {
    rule: 'ItemSelector sees the item, its place and the input',
    definition: machine({
      M: each(
        { A: { Type: 'Pass', End: true } },
        {
          ItemSelector: {
            v: '{% $states.context.Map.Item.Value * 10 %}',
            i: '{% $states.context.Map.Item.Index %}',
            all: '{% $count($states.input.items) %}',
          },
        },
      ),
    }),
    input: items,
    expected: done([
      { v: 20, i: 0, all: 3 },
      { v: 40, i: 1, all: 3 },
      { v: 60, i: 2, all: 3 },
    ]),
  },
  {
    rule: 'a failed item fails an inline Map with its own error',
    definition: machine({ M: each({ A: invoke('odd') }) }),
    input: { items: [2, 3, 4] },
    expected: failed('Odd', 'odd 3'),
  },
  {
    rule: 'an item that catches its error is no failure',
    definition: machine({
      M: each({
        A: invoke('odd', { Catch: [{ ErrorEquals: ['Odd'], Next: 'B' }], End: true }),
        B: pass("{% 'caught' %}"),
      }),
    }),
    input: { items: [2, 3] },
    expected: done([2, 'caught']),
  },
  {
    rule: 'a Map over nothing gives nothing',
    definition: machine({ M: each({ A: invoke('boom') }) }),
    input: { items: [] },
    expected: done([]),
  },
  {
    rule: 'a Map needs an array',
    definition: machine({ M: each({ A: invoke('echo') }) }),
    input: { items: { a: 1 } },
    expected: failed('States.QueryEvaluationError', 'The items of \'M\' are no array: {"a":1}'),
  },
  {
    rule: 'the context names the execution, the machine and the state',
    definition: machine({
      A: pass({
        id: '{% $states.context.Execution.Id %}',
        name: '{% $states.context.Execution.Name %}',
        input: '{% $states.context.Execution.Input.a %}',
        state: '{% $states.context.State.Name %}',
        machine: '{% $states.context.StateMachine.Id %}',
        started: '{% $toMillis($states.context.Execution.StartTime) > 0 %}',
      }),
    }),
    input: { a: 1 },
    expected: done({
      id: 'arn:aws:states:us-east-1:000000000000:execution:m:run',
      name: 'run',
      input: 1,
      state: 'A',
      machine: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
      started: true,
    }),
  },
];

/** With every field that only a distributed map has, for the independent validator. */
export const DISTRIBUTED: Json = machine({
  M: {
    Type: 'Map',
    Label: 'shards',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'A',
      States: { A: invoke('echo') },
    },
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', MaxItems: 5 },
      Arguments: { Bucket: 'b', Key: '{% $states.input.key %}' },
    },
    ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
    ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: {} },
    ToleratedFailureCount: 1,
    ToleratedFailurePercentage: 5,
    MaxConcurrency: 9,
    ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Arguments: { Bucket: 'b' } },
    End: true,
  },
});
