import { expect, it } from 'vitest';
import { isExpired, messageOfCause } from '../../functions/state-error.ts';

it.each([
  ['{"errorType":"ToolError","errorMessage":"no answer","trace":[]}', 'no answer'],
  ['a description', 'a description'],
  ['{ not JSON', '{ not JSON'],
  ['{"something":"else"}', undefined],
  ['{"errorMessage":5}', undefined],
  ['null', undefined],
])('of %s it is %j', (cause, message) => {
  expect(messageOfCause(cause)).toBe(message);
});

it.each([
  [{ Error: 'AddressExpired', Cause: 'x' }, true],
  [{ Error: 'States.TaskFailed', Cause: '{"Container":{"ExitCode":75}}' }, true],
  [{ Error: 'States.TaskFailed', Cause: '{"Container":{"ExitCode":137}}' }, false],
  [{ Error: 'States.TaskFailed', Cause: '{"Status":"FAILED"}' }, false],
  [{ Error: 'States.TaskFailed', Cause: 'ended' }, false],
  [{ Error: 'Sandbox.Timedout' }, false],
])('addresses are over: %j %j', (error, expected) => {
  expect(isExpired(error)).toBe(expected);
});
