import { describe, expect, it } from 'vitest';
import {
  lambdaNames,
  lambdaRule,
} from '../../../../shared/formats/keras/layers/tf-op-lambda-rules.ts';
import { bundle } from './_more.ts';

/** Functions under another name, of which one has a case. */
const ALIASES: Readonly<Record<string, string>> = {
  avg_pool: 'avg_pool2d',
  conv1d: 'conv2d',
  conv3d: 'conv2d',
  convert_to_tensor: 'identity',
  div: 'truediv',
  divide: 'truediv',
  eq: 'equal',
  floordiv: 'floor_div',
  max_pool: 'max_pool2d',
  mod: 'floormod',
  mul: 'multiply',
  ne: 'not_equal',
  neg: 'negative',
  realdiv: 'truediv',
  size: 'shape',
  sub: 'subtract',
  swish: 'silu',
};

describe('rules of TensorFlow functions', () => {
  it('all have a case, or one of the same meaning has', () => {
    const text = JSON.stringify(bundle().cases.map(({ config }) => config));
    const missing = lambdaNames().filter(
      (name) => !new RegExp(`"function":"([\\w.]*\\.)?${ALIASES[name] ?? name}"`).test(text),
    );
    expect(missing).toEqual([]);
  });
  it('there is none for names of objects', () => {
    expect(lambdaRule('toString')).toBeUndefined();
  });
});
