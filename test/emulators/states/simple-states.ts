/** The states that only look at data and time. */
import { LONGEST_SECONDS } from './limits.ts';
import { StatesError } from './states-error.ts';
import { evaluateIn, integerIn, type Outcome, type VisitOf } from './visit.ts';

/** Sleeps for the seconds, or until the moment, that the state names. */
export async function runWait(visit: VisitOf<'Wait'>): Promise<Outcome> {
  const { clock } = visit.frame.runtime;
  const seconds = Math.max(0, await secondsOf(visit));
  if (seconds > LONGEST_SECONDS) {
    throw new StatesError('States.Runtime', `Seconds must be at most ${LONGEST_SECONDS}`);
  }
  await clock.delay(seconds, 'wait', visit.frame.signal);
  return { onward: visit.state };
}

async function secondsOf(visit: VisitOf<'Wait'>): Promise<number> {
  const { Seconds, Timestamp = '' } = visit.state;
  if (Seconds !== undefined) return integerIn(visit, 'Seconds', Seconds);
  const moment = await evaluateIn(visit, Timestamp);
  const milliseconds = typeof moment === 'string' ? Date.parse(moment) : Number.NaN;
  if (!Number.isNaN(milliseconds)) {
    return (milliseconds - visit.frame.runtime.clock.now()) / 1000;
  }
  throw new StatesError(
    'States.QueryEvaluationError',
    `Timestamp needs an ISO 8601 moment: ${JSON.stringify(moment)}`,
  );
}

/** Takes the first rule whose condition holds, else the default. */
export async function runChoice(visit: VisitOf<'Choice'>): Promise<Outcome> {
  for (const choice of visit.state.Choices) {
    const holds = await evaluateIn(visit, choice.Condition);
    if (typeof holds !== 'boolean') {
      throw new StatesError(
        'States.QueryEvaluationError',
        `Condition needs true or false: ${JSON.stringify(holds)}`,
      );
    }
    if (holds) return { onward: choice };
  }
  const { Default, Output, Assign } = visit.state;
  if (Default !== undefined) return { onward: { Next: Default, Output, Assign } };
  throw new StatesError('States.NoChoiceMatched', `No choice of '${visit.name}' matched.`);
}

/** Always throws the error that the state names. */
export async function runFail(visit: VisitOf<'Fail'>): Promise<Outcome> {
  const [error, cause] = await Promise.all([
    evaluateIn(visit, visit.state.Error),
    evaluateIn(visit, visit.state.Cause),
  ]);
  if (typeof error === 'string' && typeof cause === 'string') throw new StatesError(error, cause);
  throw new StatesError('States.QueryEvaluationError', 'Error and Cause must be strings');
}
