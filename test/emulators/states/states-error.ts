/** Errors as a state machine knows them: by name, with a cause for people. */
export class StatesError extends Error {
  /** What `ErrorEquals` is compared with, like `States.Timeout` or a function's own `errorType`. */
  readonly error: string;
  readonly causeText: string;

  constructor(error: string, causeText = '') {
    super(causeText === '' ? error : `${error}: ${causeText}`);
    this.name = 'StatesError';
    this.error = error;
    this.causeText = causeText;
  }
}

/** Of one machine and all machines inside: no retrier and no catcher ever sees it. */
const FATAL = 'States.Runtime';

/** Only their own names catch them: `States.ALL` and `States.TaskFailed` do not. */
const TERMINAL = 'States.DataLimitExceeded';

const TIMEOUTS: readonly string[] = ['States.Timeout', 'States.HeartbeatTimeout'];

/** Whether a retrier or catcher with these `ErrorEquals` takes the error. */
export function isMatch(errorEquals: readonly string[], error: string): boolean {
  if (error === FATAL) return false;
  return errorEquals.some((wanted) => {
    if (wanted === error) return true;
    if (error === TERMINAL) return false;
    if (wanted === 'States.ALL') return true;
    if (wanted === 'States.TaskFailed') return !TIMEOUTS.includes(error);
    return wanted === 'States.Timeout' && TIMEOUTS.includes(error);
  });
}

/** Anything thrown, as an error with a name that a machine can catch. */
export function asStatesError(thrown: unknown): StatesError {
  if (thrown instanceof StatesError) return thrown;
  if (!(thrown instanceof Error)) return new StatesError('States.TaskFailed', String(thrown));
  const name = thrown.name === 'Error' ? 'States.TaskFailed' : thrown.name;
  return new StatesError(name, thrown.message);
}
