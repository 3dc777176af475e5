import { afterAll, describe, expect, it } from 'vitest';
import { parseModel, printModel } from '../../shared/onnx/text.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import { optimizeExact } from '../../shared/passes/optimize-exact.ts';
import { EXACT } from '../../shared/passes/presets.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { compareModels } from './_agree.ts';
import { feedSets } from './_feeds.ts';

/** A block as exporters write it: constants as nodes, a Conv, its normalization, a hard swish, a computed shape. */
const BLOCK = parseModel(`
  <ir_version: 3, opset_import: ["": 14, "unused": 1]>
  g (float[N,2,4,4] x, float[3,2,1,1] w) => (float[N,48] y)
  <float[3,2,1,1] w = {1, 2, 3, 4, 5, 6}>
  {
    s = Constant <value = float[3] {2, 1, 0.5}> ()
    b = Constant <value = float[3] {0, 1, -1}> ()
    m = Constant <value = float[3] {0, 0, 1}> ()
    v = Constant <value = float[3] {1, 4, 9}> ()
    three = Constant <value = float {3}> ()
    six = Constant <value = float {6}> ()
    zero = Constant <value = float {0}> ()
    c = Conv (x, w)
    n = BatchNormalization (c, s, b, m, v)
    i = Identity (n)
    plus = Add (i, three)
    clipped = Clip (plus, zero, six)
    gated = Mul (i, clipped)
    h = Div (gated, six)
    shape = Shape (h)
    first = Constant <value = int64 {0}> ()
    batch = Gather (shape, first)
    axis = Constant <value = int64[1] {0}> ()
    batch1 = Unsqueeze (batch, axis)
    rest = Constant <value = int64[1] {48}> ()
    wanted = Concat <axis = 0> (batch1, rest)
    y = Reshape (h, wanted)
    dead = Exp (h)
  }
`);

describe('optimizeExact', () => {
  afterAll(closeSharedProcess);

  it('leaves three nodes of a block of twenty-four, and the same outputs', async () => {
    const { model, report } = await optimizeExact(BLOCK);
    expect(model.graph.nodes.map((node) => node.opType)).toEqual(['Conv', 'HardSwish', 'Reshape']);
    expect(verifyModel(model)).toEqual([]);
    const { problems, ran } = await compareModels(BLOCK, model, feedSets(BLOCK, 3));
    expect(problems).toEqual([]);
    expect(ran).toBeGreaterThan(5);
    const removed = report.reduce((sum, { changes }) => sum + changes.nodesRemoved, 0);
    const added = report.reduce((sum, { changes }) => sum + changes.nodesAdded, 0);
    expect(removed - added).toBe(BLOCK.graph.nodes.length - 3);
  });

  it('is done when it has run once', async () => {
    const { model } = await optimizeExact(BLOCK);
    const again = await optimizeExact(model);
    expect(again.model).toBe(model);
    expect(again.report).toHaveLength(EXACT.length);
  });

  it('shows the model after each pass', async () => {
    const seen: string[] = [];
    await optimizeExact(BLOCK, {
      inspect: (model, pass) => seen.push(`${pass} ${printModel(model).length}`),
    });
    expect(seen[0]).toMatch(/^initializer-inputs /);
    expect(new Set(seen).size).toBeGreaterThan(EXACT.length);
  });

  it('leaves models whose arithmetic broadcasts by older rules, and says so', async () => {
    const old = parseModel(`
      <ir_version: 3, opset_import: ["": 6]>
      g (float[1,2,2,2] x) => (float[1,2,2,2] y)
      <float[2,2,1,1] w = {1, 2, 3, 4}, float[2] b = {1, 2}>
      { c = Conv (x, w) y = Add <axis = 1, broadcast = 1> (c, b) }
    `);
    const { model, report } = await optimizeExact(old);
    expect(model).toBe(old);
    expect(report[0]?.refusals[0]?.reason).toBe('opset 6 is older than 7');
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(optimizeExact(BLOCK, { signal })).rejects.toThrow('enough');
  });
});
