import { describe, expect, it } from 'vitest';
import { Builder } from '../../../../shared/formats/build/builder.ts';
import { Unconvertible } from '../../../../shared/formats/build/unconvertible.ts';
import type { TfContext } from '../../../../shared/formats/tf/op.ts';
import { CHECKS } from '../../../../shared/formats/tf/ops/checks.ts';
import { testOps } from './_array-cases.ts';

testOps(CHECKS, ['Assert', 'NoOp', 'Placeholder']);

function contextOf(op: string): TfContext {
  return {
    b: Builder.root(17),
    node: { name: 'n', op, inputs: [], attributes: new Map() },
    functions: new Map(),
    call: () => [],
  };
}

describe('what gives nothing', () => {
  it.each(['Assert', 'NoOp'])('%s has no outputs', (op) => {
    expect(CHECKS[op]?.([], contextOf(op))).toEqual([]);
  });

  it('an input that is none of the model is told as such', () => {
    expect(() => CHECKS.Placeholder?.([], contextOf('Placeholder'))).toThrow(Unconvertible);
  });
});
