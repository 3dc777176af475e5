/**
 * The part of the Amazon States Language that the machines use, with JSONata as query language
 * (https://states-language.net/spec.html).
 */

/** A JSON value; strings of the form `{% … %}` are JSONata expressions. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** The name of a state, or the end of the machine. */
export type Transition =
  | { readonly Next: string; readonly End?: never }
  | { readonly End: true; readonly Next?: never };

/** How errors of some names are tried again; with no attempts, that they are not. */
export type Retrier =
  | { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: 0 }
  | {
      readonly ErrorEquals: readonly string[];
      readonly IntervalSeconds: number;
      readonly MaxAttempts: number;
      readonly BackoffRate: number;
      readonly MaxDelaySeconds: number;
      readonly JitterStrategy: 'FULL';
    };

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Output?: Json;
  readonly Next: string;
}

interface Described {
  readonly Comment?: string;
}

export type TaskState = Described &
  Transition & {
    readonly Type: 'Task';
    readonly Resource: string;
    readonly Arguments: Json;
    readonly TimeoutSeconds?: number;
    readonly Retry: readonly Retrier[];
    readonly Catch?: readonly Catcher[];
    readonly Output: Json;
  };

export interface ChoiceState extends Described {
  readonly Type: 'Choice';
  readonly Choices: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default: string;
}

export type MapState = Described &
  Transition & {
    readonly Type: 'Map';
    readonly Items?: string;
    readonly ItemReader?: Json;
    readonly ItemSelector: Json;
    readonly MaxConcurrency: number;
    readonly ToleratedFailurePercentage?: number;
    readonly Label?: string;
    readonly ItemProcessor: States & {
      readonly ProcessorConfig:
        | { readonly Mode: 'INLINE' }
        | { readonly Mode: 'DISTRIBUTED'; readonly ExecutionType: 'STANDARD' };
    };
    readonly Catch: readonly Catcher[];
    readonly Output: Json;
  };

export type WaitState = Described &
  Transition & { readonly Type: 'Wait'; readonly Seconds: number | string };

export type PassState = Described & Transition & { readonly Type: 'Pass'; readonly Output: Json };

export interface FailState extends Described {
  readonly Type: 'Fail';
  readonly Error: string;
  readonly Cause: string;
}

export interface SucceedState extends Described {
  readonly Type: 'Succeed';
}

export type State =
  | TaskState
  | ChoiceState
  | MapState
  | WaitState
  | PassState
  | FailState
  | SucceedState;

export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A whole state machine's definition. */
export interface StateMachineDefinition extends States, Described {
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds?: number;
}
