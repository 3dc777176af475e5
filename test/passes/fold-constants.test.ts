import { expect, it } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import { foldConstants } from '../../shared/passes/fold-constants.ts';
import { runPasses } from '../../shared/rewrite/run-passes.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fold-constants', running(foldConstants));

it('keeps the node that onnxruntime cannot compute, and folds the others', async () => {
  const model = parseModel(`
    <ir_version: 8, opset_import: ["": 17]>
    g (float[2] z) => (float[2] y, float[2] a, float[2] b)
    <int64[1] far = {5}, float[2] c = {1, 2}, float[2] d = {4, 9}>
    {
      beyond = Gather (c, far)
      y = Add (z, beyond)
      e = Exp (c)
      a = Add (z, e)
      r = Sqrt (d)
      b = Add (z, r)
    }
  `);
  const { model: folded, report } = await runPasses(model, [foldConstants]);
  expect(folded.graph.nodes.map((node) => node.opType)).toEqual(['Gather', 'Add', 'Add', 'Add']);
  expect(report[0]?.refusals).toHaveLength(1);
  expect(report[0]?.refusals[0]).toMatchObject({
    nodes: ['beyond'],
    reason: expect.stringMatching(/^onnxruntime cannot compute it: .*out of/),
  });
});
