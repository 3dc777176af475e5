import { expect, test } from 'vitest';
import { ENGINES, engineFor } from '../../shared/engines/engines.ts';
import { TARGETS } from '../../shared/pipeline/names.ts';

test('every target that the command line takes has one engine', () => {
  expect(ENGINES.map(({ target }) => target).sort()).toEqual([...TARGETS].sort());
  for (const target of TARGETS) expect(engineFor(target).target).toBe(target);
  expect(() => engineFor('tvm')).toThrow(/no engine/);
});
