import { expect, it } from 'vitest';
import { messageOfCause } from '../../functions/state-error.ts';

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
