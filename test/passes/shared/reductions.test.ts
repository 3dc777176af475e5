import { expect, it } from 'vitest';
import { opTypesOf } from '../../../shared/ops/find-op.ts';
import { REDUCTIONS } from '../../../shared/passes/shared/reductions.ts';

it('are all reductions of the standard', () => {
  const known = opTypesOf('').filter((name) => name.startsWith('Reduce'));
  expect(REDUCTIONS).toEqual(known.toSorted());
});
