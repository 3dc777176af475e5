import { expect, it } from 'vitest';
import { graph, node } from '../_build.ts';
import { broken } from './_rules.ts';

const relu = graph([node('Relu', ['x'], ['y'])], ['x'], ['y']);

it('every domain in use is imported', () => {
  expect(broken(relu, { opsets: new Map([['ai.onnx.ml', 3]]) })).toEqual([
    'opset-import: node 0 (Relu)',
  ]);
});

it('versions start at 1', () => {
  expect(
    broken(relu, {
      opsets: new Map([
        ['', 17],
        ['my', 0],
      ]),
    }),
  ).toEqual(["opset-import: opset 'my'"]);
});
