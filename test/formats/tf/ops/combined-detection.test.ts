import { describe, expect, it } from 'vitest';
import { combinedNonMaxSuppression } from '../../../../shared/formats/tf/ops/combined-detection.ts';
import { constantNode, node } from '../_nodes.ts';
import { checkCase, opCases } from './_cases.ts';
import { refusalOf } from './_refusal.ts';

describe('the best boxes of all classes', () => {
  const cases = opCases('image').filter(({ op }) => op === 'CombinedNonMaxSuppression');
  it('are an op with cases for shared boxes and for boxes by class', () => {
    expect(combinedNonMaxSuppression).toBeTypeOf('function');
    expect(cases.filter(({ name }) => name.startsWith('combined 1 ')).length).toBeGreaterThan(3);
    expect(cases.filter(({ name }) => name.startsWith('combined 3 ')).length).toBeGreaterThan(3);
  });
  for (const item of cases)
    it(item.name, async () => {
      await checkCase(item, 0);
    });

  it('needs to know how many classes there are', () => {
    const nodes = [
      constantNode('n', 'int32', [], [5]),
      constantNode('t', 'float32', [], [0.5]),
      node('y', 'CombinedNonMaxSuppression', ['x', 'x', 'n', 'n', 't', 't']),
    ];
    expect(refusalOf(nodes, [1, 4, null])).toContain('the number of its classes is free');
  });
});
