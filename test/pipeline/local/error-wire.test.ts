import { expect, test } from 'vitest';
import {
  DefectError,
  LimitError,
  ModelError,
  TimeLimitError,
} from '../../../shared/base/errors.ts';
import { fromWire, stackOf, toWire } from '../../../shared/pipeline/local/error-wire.ts';

const travel = (error: unknown) => fromWire(structuredClone(toWire(error)));

test('class, message, hint and place arrive', () => {
  const arrived = travel(new ModelError('bad node', { hint: 'export again', where: "node 'a'" }));
  expect(arrived).toBeInstanceOf(ModelError);
  expect(arrived).toMatchObject({
    exitCode: 2,
    message: 'bad node',
    hint: 'export again',
    where: "node 'a'",
  });
  expect(travel(new LimitError('too big')).exitCode).toBe(4);
  expect(travel(new LimitError('too big'))).not.toBeInstanceOf(TimeLimitError);
  expect(travel(new TimeLimitError('too slow'))).toBeInstanceOf(TimeLimitError);
});

test('a file that may not be read is the user’s to change', () => {
  const denied = Object.assign(new Error('denied'), { code: 'EACCES', path: 'x.npz' });
  expect(travel(denied)).toMatchObject({ exitCode: 2, message: 'permission denied: x.npz' });
});

test('what is not ours arrives as a defect, with its stack', () => {
  const arrived = travel(new RangeError('index'));
  expect(arrived).toBeInstanceOf(DefectError);
  expect(stackOf(arrived)).toContain('RangeError: index');
  expect(travel('a string')).toMatchObject({ exitCode: 70, message: 'a string' });
});
