import { expect, it } from 'vitest';
import {
  functionName,
  nodeAttributes,
  real,
  reals,
  texts,
  typeOf,
} from '../../../shared/formats/tflite/node-attributes.ts';

it('marks each value with its kind', () => {
  const attributes = nodeAttributes({
    axis: 1,
    alpha: real(1),
    mode: 'REFLECT',
    keep: true,
    strides: [1, 2],
    scale: reals([0.5]),
    fused_ops: texts(['BiasAdd']),
    type: typeOf('int8'),
    body: functionName('f'),
    absent: undefined,
  });
  expect(Object.fromEntries(attributes)).toEqual({
    axis: { kind: 'int', value: 1 },
    alpha: { kind: 'float', value: 1 },
    mode: { kind: 'string', value: 'REFLECT' },
    keep: { kind: 'bool', value: true },
    strides: {
      kind: 'list',
      value: [
        { kind: 'int', value: 1 },
        { kind: 'int', value: 2 },
      ],
    },
    scale: { kind: 'list', value: [{ kind: 'float', value: 0.5 }] },
    fused_ops: { kind: 'list', value: [{ kind: 'string', value: 'BiasAdd' }] },
    type: { kind: 'type', value: 'int8' },
    body: { kind: 'function', value: 'f' },
  });
});
