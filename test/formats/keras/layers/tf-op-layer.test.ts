import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../../shared/formats/build/build-model.ts';
import { Value } from '../../../../shared/formats/build/value.ts';
import type { JsonObject } from '../../../../shared/formats/keras/layer.ts';
import { TF_OP_LAYER } from '../../../../shared/formats/keras/layers/tf-op-layer.ts';
import { runModel } from '../_run.ts';
import { callOf } from './_more.ts';

const X = { type: 'float32' as const, dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

async function run(config: JsonObject): Promise<readonly number[]> {
  const { model } = buildModel(undefined, (b) => {
    const x = b.input('x', 'float32', [2, 3]);
    const made = TF_OP_LAYER.TensorFlowOpLayer?.(callOf(b, 'TensorFlowOpLayer', [x], config));
    const [first] = made instanceof Value ? [made] : (made?.outputs ?? []);
    if (first) b.output('y', first);
  });
  return Array.from((await runModel(model, { x: X })).y?.data ?? [], Number);
}

const nodeOf = (op: string, attr: JsonObject = {}): JsonObject => ({
  name: 'node',
  op,
  input: ['x', 'constant'],
  attr: { T: { type: 'DT_FLOAT' }, ...attr },
});

describe('nodes of TensorFlow', () => {
  it('take constants where the configuration puts them', async () => {
    expect(await run({ node_def: nodeOf('AddV2'), constants: { 1: 2.5 } })).toEqual([
      3.5, 4.5, 5.5, 6.5, 7.5, 8.5,
    ]);
    expect(await run({ node_def: nodeOf('Sub'), constants: { 0: 10.5 } })).toEqual([
      9.5, 8.5, 7.5, 6.5, 5.5, 4.5,
    ]);
  });
  it('may be written as text', async () => {
    expect(await run({ node_def: JSON.stringify(nodeOf('Relu')), constants: {} })).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });
  it('have the attributes of the graph', async () => {
    const node = nodeOf('Mean', { keep_dims: { b: true }, Tidx: { type: 'DT_INT32' } });
    expect(await run({ node_def: node, constants: { 1: [1] } })).toEqual([2, 5]);
  });
});

describe('what cannot be', () => {
  it.each<readonly [string, JsonObject, string]>([
    ['an op without a conversion', { node_def: nodeOf('Quux') }, 'the op Quux has no conversion'],
    ['a node without an op', { node_def: {} }, 'the op without a name'],
    ['no node', {}, 'does not hold its node'],
    ['a text that is no JSON', { node_def: '{' }, 'no JSON'],
    [
      'an attribute that is none',
      { node_def: { ...nodeOf('Relu'), attr: { T: 7 } } },
      'attribute T',
    ],
  ])('%s is refused', async (_, config, reason) => {
    await expect(run(config)).rejects.toThrow(reason);
  });
});
