import { describe, expect, it } from 'vitest';
import { apply, builder } from './_graph.ts';

describe('ops that hand on', () => {
  it.each([
    ['Identity', 1],
    ['IdentityN', 2],
    ['ReadVariableOp', 1],
  ])('%s gives its inputs', (op, count) => {
    const b = builder();
    const inputs = Array.from({ length: count }, (_, index) => b.input(`x${index}`, 'float32', []));
    expect(apply(b, op, inputs)).toEqual(inputs);
  });

  it('refuse to hand on nothing', () => {
    expect(() => apply(builder(), 'Identity', [])).toThrow(/no input/);
  });
});
