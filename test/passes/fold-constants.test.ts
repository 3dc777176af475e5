import { expect, it } from 'vitest';
import { parseModel } from '../../shared/onnx/text.ts';
import { foldConstants } from '../../shared/passes/fold-constants.ts';
import { runPasses } from '../../shared/rewrite/run-passes.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fold-constants', running(foldConstants));

it('keeps the node that onnxruntime cannot compute, and folds the others', async () => {
  const model = parseModel(`
    <ir_version: 8, opset_import: ["": 17]>
    g (double[1,1,1] x, float[2] z) => (double[1,1,1] y, float[2] a, float[2] b)
    <double[1,1,1] w = {2}, float[2] c = {1, 2}, float[2] d = {4, 9}>
    {
      noKernel = Conv (w, w)
      y = Add (x, noKernel)
      e = Exp (c)
      a = Add (z, e)
      r = Sqrt (d)
      b = Add (z, r)
    }
  `);
  const { model: folded, report } = await runPasses(model, [foldConstants]);
  expect(folded.graph.nodes.map((node) => node.opType)).toEqual(['Conv', 'Add', 'Add', 'Add']);
  expect(report[0]?.refusals).toHaveLength(1);
  expect(report[0]?.refusals[0]).toMatchObject({
    nodes: ['noKernel'],
    reason: expect.stringMatching(/^onnxruntime cannot compute it: .*Conv/),
  });
});
