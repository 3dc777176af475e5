/** One attempt at one state: what the code of each kind of state gets, and what it gives back. */
import type { State, StateOf } from './definition.ts';
import { evaluate } from './expressions.ts';
import type { Json } from './json.ts';
import type { Checkpoint, Frame } from './runtime.ts';
import { StatesError } from './states-error.ts';

export interface Visit<S extends State = State> {
  readonly name: string;
  readonly state: S;
  readonly checkpoint: Checkpoint;
  readonly frame: Frame;
  /** Milliseconds since 1970. */
  readonly enteredAt: number;
  readonly retryCount: number;
}

export type VisitOf<Type extends State['Type']> = Visit<StateOf<Type>>;

/** What follows: the fields of the state, of a choice or of a catcher that say how to go on. */
export interface Onward {
  readonly Output?: Json | undefined;
  readonly Assign?: Readonly<Record<string, Json>> | undefined;
  readonly Next?: string | undefined;
}

export interface Outcome {
  /** `$states.result`, absent for states that have none. */
  readonly result?: Json;
  readonly onward: Onward;
}

/** What else an expression sees besides the input, the variables and the context. */
export interface Extra {
  readonly states?: Readonly<Record<string, Json>>;
  /** Replaces or adds keys of `$states.context`. */
  readonly context?: Readonly<Record<string, Json>>;
}

/** The template's value as this state's expressions see the world. */
export function evaluateIn(visit: Visit, template: Json, extra: Extra = {}): Promise<Json> {
  const { checkpoint, frame } = visit;
  return evaluate(template, {
    states: {
      input: checkpoint.input,
      context: { ...contextOf(visit), ...extra.context },
      ...extra.states,
    },
    variables: { ...frame.outerVariables, ...checkpoint.variables },
  });
}

/** A field that is a number or an expression that gives one. */
export async function numberIn(
  visit: Visit,
  field: string,
  template: number | string,
): Promise<number> {
  const value = await evaluateIn(visit, template);
  if (typeof value === 'number' && value >= 0) return value;
  throw new StatesError(
    'States.QueryEvaluationError',
    `${field} needs a number that is not negative: ${JSON.stringify(value)}`,
  );
}

/** A whole number, as counts and seconds are. */
export async function integerIn(
  visit: Visit,
  field: string,
  template: number | string,
): Promise<number> {
  const value = await numberIn(visit, field, template);
  if (Number.isInteger(value)) return value;
  throw new StatesError('States.QueryEvaluationError', `${field} needs a whole number: ${value}`);
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

function contextOf({ name, frame, enteredAt, retryCount }: Visit): Readonly<Record<string, Json>> {
  const { execution, mapItem } = frame;
  return {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      RoleArn: `arn:aws:iam::${frame.runtime.account}:role/emulated`,
      StartTime: iso(execution.startDate),
      RedriveCount: execution.redriveCount,
    },
    State: { EnteredTime: iso(enteredAt), Name: name, RetryCount: retryCount },
    StateMachine: { Id: execution.machineArn, Name: execution.machineName },
    ...(mapItem && { Map: { Item: mapItem } }),
  };
}
