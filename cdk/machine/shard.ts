/** What becomes of one shard: it runs in its lane, or its failure is written down. */
import type { Json, States, TaskState } from './asl.ts';
import { type BatchLane, invoke, type Step, submitJob } from './tasks.ts';

export interface LambdaLane {
  readonly kind: 'lambda';
  readonly function: string;
}

export type Lane = LambdaLane | BatchLane;

/** Lanes by the name that a shard gives. ARNs may be placeholders. */
export type Lanes = Readonly<Record<string, Lane>>;

/** Results of shards are objects in S3; what a map gathers must stay small. */
const NOTHING: Json = {};

/** The item of a map: the shard, and the execution that it belongs to, which a child execution would not know. */
export const SHARD_SELECTOR: Json = {
  id: '{% $states.context.Map.Item.Value.id %}',
  lane: '{% $states.context.Map.Item.Value.lane %}',
  order: '{% $states.context.Map.Item.Value.order %}',
  execution: '{% $states.context.Execution.Name %}',
};

/**
 * The states of one shard `{ id, lane, order, execution }`. `advance` is the function that notes failures;
 * `suffix` keeps the names apart where a machine has the states twice, since names are unique in all of it.
 */
export function shardStates(lanes: Lanes, advance: string, suffix: string): States {
  const named = (name: string): string => `${name}${suffix}`;
  const stateOf = (lane: string): string => named(`Run in ${lane}`);
  return {
    StartAt: named('Choose lane'),
    States: {
      [named('Choose lane')]: {
        Type: 'Choice',
        Choices: Object.keys(lanes).map((name) => ({
          Condition: `{% $states.input.lane = '${name}' %}`,
          Next: stateOf(name),
        })),
        Default: named('No such lane'),
      },
      ...Object.fromEntries(
        Object.entries(lanes).map(([name, lane]) => [
          stateOf(name),
          laneState(name, lane, named('Note failure')),
        ]),
      ),
      [named('Note failure')]: invoke(
        advance,
        {
          action: 'failed',
          execution: '{% $states.input.execution %}',
          id: '{% $states.input.id %}',
          error: '{% $states.input.error %}',
        },
        {
          comment: 'A shard that failed is a result too: the report tells of it',
          to: { End: true },
          output: NOTHING,
        },
      ),
      [named('No such lane')]: {
        Type: 'Fail',
        Error: 'Fettle.NoSuchLane',
        Cause: "{% 'no lane ' & $string($states.input.lane) & ' in this stack' %}",
      },
    },
  };
}

function laneState(name: string, lane: Lane, onFailure: string): TaskState {
  const step: Step = {
    comment: `A shard of lane ${name}`,
    to: { End: true },
    output: NOTHING,
    otherwise: [
      {
        ErrorEquals: ['States.ALL'],
        Output: {
          id: '{% $states.input.id %}',
          execution: '{% $states.input.execution %}',
          error: '{% $states.errorOutput %}',
        },
        Next: onFailure,
      },
    ],
  };
  if (lane.kind === 'lambda') return invoke(lane.function, '{% $states.input %}', step);
  return submitJob(lane, '{% $states.input.execution %}', '{% $states.input.order %}', step);
}
