/**
 * The machine of one job. It only turns: `advance` says which shards the next round has, a map runs them,
 * and `advance` looks again, until it says that everything is there to be published.
 */
import type { Catcher, Json, MapState, StateMachineDefinition } from './asl.ts';
import { type Lanes, SHARD_SELECTOR, shardStates } from './shard.ts';
import { invoke } from './tasks.ts';

/** Parallel shards of one job: five such jobs stay within an account's 1,000 concurrent functions. */
const MAX_SHARDS_AT_ONCE = 200;

/** An inline map runs at most 40 iterations at once. */
const MAX_INLINE = 40;

/** A week: then what a job has left under `work/` expires, and it could not end. */
const MAX_JOB_SECONDS = 7 * 86_400;

export interface OptimizeTargets {
  readonly advance: string;
  readonly publish: string;
  /** The bucket in which a distributed round's list of shards lies. */
  readonly outbox: string;
  readonly lanes: Lanes;
}

/** What goes round: the execution's input, with the number of the round. */
const carried = (round: string): { readonly [key: string]: Json } => ({
  request: '{% $states.input.request %}',
  name: '{% $states.input.name %}',
  attempt: '{% $states.input.attempt %}',
  round: `{% ${round} %}`,
});

const asked = (action: string): { readonly [key: string]: Json } => ({
  action,
  execution: '{% $states.context.Execution.Name %}',
  ...carried('$states.input.round'),
});

/** How often somebody has started this execution again where it had failed. */
const REDRIVES =
  '$exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0';

/** Size limits of a state end an execution unless they are named: `States.ALL` leaves them out. */
const CATCH: readonly Catcher[] = ['States.DataLimitExceeded', 'States.ALL'].map((error) => ({
  ErrorEquals: [error],
  Output: {
    ...carried('$states.input.round'),
    error: '{% $states.errorOutput %}',
    redrives: `{% ${REDRIVES} %}`,
  },
  Next: 'Tell failure',
}));

/** The definition of the machine `Optimize`; its input is `{ request, name, round: 0, attempt }`. */
export function optimizeMachine(targets: OptimizeTargets): StateMachineDefinition {
  const round = {
    Type: 'Map',
    ItemSelector: SHARD_SELECTOR,
    Catch: CATCH,
    Output: carried('$states.input.round + 1'),
    Next: 'Advance',
  } as const;
  const inline: MapState = {
    ...round,
    Comment: 'Few shards, in the answer itself',
    Items: '{% $states.input.shards %}',
    MaxConcurrency: MAX_INLINE,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      ...shardStates(targets.lanes, targets.advance, ''),
    },
  };
  const distributed: MapState = {
    ...round,
    Comment: 'Many shards, listed in an object',
    Label: 'Shards',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: { Bucket: targets.outbox, Key: '{% $states.input.manifest %}' },
    },
    MaxConcurrency: MAX_SHARDS_AT_ONCE,
    ToleratedFailurePercentage: 0,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ...shardStates(targets.lanes, targets.advance, ' (of many)'),
    },
  };
  return {
    Comment: 'One model: convert, compress, measure, publish',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: MAX_JOB_SECONDS,
    StartAt: 'Advance',
    States: {
      Advance: invoke(targets.advance, asked('advance'), {
        comment: 'What is known, and what is to be done next',
        to: { Next: 'Choose' },
        output: '{% $states.result.Payload %}',
        otherwise: CATCH,
      }),
      Choose: {
        Type: 'Choice',
        Choices: [
          { Condition: "{% $states.input.next = 'inline' %}", Next: 'Few shards' },
          { Condition: "{% $states.input.next = 'distributed' %}", Next: 'Many shards' },
          { Condition: "{% $states.input.next = 'publish' %}", Next: 'Publish' },
        ],
        Default: 'No such step',
      },
      'Few shards': inline,
      'Many shards': distributed,
      Publish: invoke(targets.publish, asked('publish'), {
        comment: 'The immutable run, the pointer, the event',
        to: { Next: 'Done' },
        output: '{% $states.result.Payload %}',
        otherwise: CATCH,
      }),
      'Tell failure': invoke(
        targets.publish,
        { ...asked('fail'), error: '{% $states.input.error %}' },
        {
          comment: 'error.json and the event',
          to: { Next: 'Failed' },
          output: '{% $states.input %}',
        },
      ),
      Failed: invoke(
        targets.publish,
        {
          action: 'end',
          error: '{% $states.input.error %}',
          redrives: `{% ${REDRIVES} %}`,
          toldAt: '{% $states.input.redrives %}',
        },
        {
          comment: 'Fails, and goes on when redriven: a redrive begins at the state that failed',
          to: { Next: 'Advance' },
          output: carried('$states.input.round'),
        },
      ),
      'No such step': {
        Type: 'Fail',
        Error: 'Fettle.NoSuchStep',
        Cause: "{% 'advance answered ' & $string($states.input.next) %}",
      },
      Done: { Type: 'Succeed' },
    },
  };
}
