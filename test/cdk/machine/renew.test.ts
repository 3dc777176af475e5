import validate from 'asl-validator';
import { expect, it } from 'vitest';
import { renewMachine } from '../../../cdk/machine/renew.ts';
import { execute, outcome } from '../../emulators/states/_run.ts';
import type { Json } from '../../emulators/states/json.ts';

const machine = renewMachine('advance');

it('is valid', () => {
  expect(validate(JSON.parse(JSON.stringify(machine))).errors).toEqual([]);
});

it('wakes advance after each pause until nothing is left', async () => {
  const told: unknown[] = [];
  const advance = (message: Json): Json => {
    told.push(message);
    return { ...Object(message), next: told.length < 3 ? 'again' : 'done' };
  };
  const input = { action: 'renew', execution: 'e', round: 2, seconds: 1200 };
  const run = await execute(JSON.parse(JSON.stringify(machine)), input, {
    functions: { advance },
  });
  expect(outcome(run)).toMatchObject({ status: 'SUCCEEDED' });
  expect(told).toHaveLength(3);
  expect(told[0]).toEqual(input);
});
