import { expect, test } from 'vitest';
import { dataFor, nearData, ownData } from '../../../shared/pipeline/project/data-beside.ts';

test.each<[string, string[], object]>([
  [
    'm/a.onnx',
    ['data/test.npz', 'data/train.npz'],
    { evaluation: 'data/test.npz', calibration: 'data/train.npz' },
  ],
  ['m/a.onnx', ['m/samples.npz'], { all: 'm/samples.npz' }],
  ['m/a.onnx', ['m/test.npz'], { all: 'm/test.npz' }],
  ['m/a.onnx', ['m/a-test.npz', 'm/b-test.npz'], { all: 'm/a-test.npz' }],
  ['m/a.onnx', ['other/samples.npz'], {}],
  ['m/a.onnx', ['m/x.npz', 'm/z.npz'], {}],
  ['a.onnx', ['x/val.csv', 'x/calib.csv'], { evaluation: 'x/val.csv', calibration: 'x/calib.csv' }],
])('data for %s among %j', (model, data, expected) => {
  expect(dataFor(model, data)).toEqual(expected);
});

test('what lies near, and what is named after the model', () => {
  const data = ['m/a_test.npz', 'm/b.npz', 'data/c.npz', 'x/a.npz'];
  expect(nearData('m/a.onnx', data)).toEqual(['m/a_test.npz', 'm/b.npz', 'data/c.npz']);
  expect(ownData('m/a.onnx', data)).toEqual(['m/a_test.npz', 'x/a.npz']);
});
