import { expect, it } from 'vitest';
import { briefName } from '../../../shared/compress/quantize/brief-name.ts';

it.each([
  ['conv1', 'conv1'],
  ['model/conv1/weight:0', 'model/conv1/weight'],
  ['StatefulPartitionedCall/functional_1/conv2d/BiasAdd:0', 'BiasAdd'],
  ['a_very_long_name_without_any_slash', 'y_long_name_without_any_slash'.slice(-24)],
  ['the/name/of/a/folder/that/ends/with/a/slash/', ''],
])('%s → %s', (name, brief) => {
  expect(briefName(name)).toBe(brief);
  expect(briefName(name).length).toBeLessThanOrEqual(24);
});
