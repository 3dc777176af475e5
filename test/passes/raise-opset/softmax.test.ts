import { expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { raiseOpset } from '../../../shared/passes/raise-opset.ts';
import { goldenCases } from '../_harness.ts';
import { raise } from './_raise.ts';

goldenCases('raise-opset/softmax', raise);

it('needs no other node where inferred types tell that the axis is the last', () => {
  const model = parseModel(
    '<ir_version: 6, opset_import: ["": 11]> g (x) => (y) { y = Softmax <axis = 1> (x) }',
  );
  const type = { kind: 'tensor', elementType: 'float32', shape: ['N', 'C'] } as const;
  const types = { get: () => type, of: () => new Map(), whyUnknown: () => undefined };
  expect(raiseOpset(model, 13, types).graph.nodes.map((node) => node.opType)).toEqual(['Softmax']);
  expect(raiseOpset(model, 13).graph.nodes).toHaveLength(4);
});
