import { describe, expect, it } from 'vitest';
import { projectiveTransform } from '../../../../shared/formats/tf/ops/image-transform.ts';
import { constantNode, node } from '../_nodes.ts';
import { checkCase, opCases, variantsOf } from './_cases.ts';
import { refusalOf } from './_refusal.ts';

describe('projective transforms', () => {
  const cases = opCases('image').filter(({ op }) => op.startsWith('ImageProjective'));
  it('are an op with cases for every fill mode', () => {
    expect(projectiveTransform).toBeTypeOf('function');
    expect(cases.length).toBeGreaterThan(8);
  });
  for (const item of cases)
    for (const variant of variantsOf(item))
      it(`${item.name} ${variant}`, async () => {
        await checkCase(item, variant);
      });

  it('refuses fill modes that it does not know', () => {
    const nodes = [
      constantNode('t', 'float32', [1, 8], [1, 0, 0, 0, 1, 0, 0, 0]),
      constantNode('s', 'int32', [2], [4, 4]),
      node('y', 'ImageProjectiveTransformV2', ['x', 't', 's'], { fill_mode: 'MAGIC' }),
    ];
    expect(refusalOf(nodes, [1, 4, 4, 1])).toContain('its fill mode MAGIC is not known');
  });
});
