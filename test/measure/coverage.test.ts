import { describe, expect, it } from 'vitest';
import { conversionMs, coverageOf } from '../../shared/measure/coverage.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { inferTypes } from '../../shared/runtime/infer-types.ts';
import { CASES } from './fusion/cases.ts';
import { qdqModel } from './fusion/qdq-models.ts';

const model = (name: string): Model => qdqModel(CASES[name]!);

describe('coverageOf', () => {
  it('counts nodes by precision; Q, DQ and constants are none', () => {
    expect(coverageOf(model('conv'))).toEqual({ nodes: { float32: 2, int8: 1 }, notFused: [] });
    expect(coverageOf(model('transpose uint16')).nodes).toEqual({ float32: 2, int16: 1 });
  });

  it('lists what will not fuse, with the reason and what is converted for nothing', async () => {
    const conv = model('conv without Q');
    expect(coverageOf(conv)).toMatchObject({
      nodes: { float32: 3 },
      notFused: [{ node: 'op', op: 'Conv', reason: 'no Q follows its output' }],
    });
    const { notFused } = coverageOf(conv, await inferTypes(conv));
    // 1 × 4 × 8 × 8 activations and 4 × 4 × 3 × 3 weights are dequantized.
    expect(notFused[0]?.estimatedMs).toBeCloseTo(conversionMs(256) + conversionMs(144), 12);
    const tanh = model('tanh');
    expect(coverageOf(tanh, await inferTypes(tanh)).notFused[0]?.estimatedMs).toBeCloseTo(
      2 * conversionMs(256),
      12,
    );
  });

  it('takes the precision of other nodes from their types, and of contrib ops from their names', async () => {
    const reshape = model('reshape');
    const { graph } = reshape;
    const extra = (
      opType: string,
      attributes: [string, { type: 'int'; value: number }][] = [],
    ) => ({
      opType,
      domain: 'com.microsoft',
      name: opType,
      inputs: ['y0_end'],
      outputs: [opType],
      attributes: new Map(attributes),
    });
    const nodes = [
      ...graph.nodes,
      extra('MatMulNBits', [['bits', { type: 'int', value: 4 }]]),
      extra('DynamicQuantizeLSTM'),
    ];
    const types = await inferTypes(reshape);
    expect(coverageOf({ ...reshape, graph: { ...graph, nodes } }, types).nodes).toEqual({
      float32: 2,
      int8: 2,
      int4: 1,
    });
  });

  it('looks into bodies', () => {
    const { graph } = model('conv without Q');
    const branch = { ...graph, inputs: [], outputs: [] };
    const node = {
      opType: 'If',
      domain: '',
      name: 'if',
      inputs: ['c'],
      outputs: ['r'],
      attributes: new Map([['then_branch', { type: 'graph', value: branch } as const]]),
    };
    const outer = { ...model('conv'), graph: { ...graph, nodes: [node] } };
    expect(coverageOf(outer).notFused).toMatchObject([{ node: 'op' }]);
    expect(coverageOf(outer).nodes).toEqual({ float32: 4 });
  });

  it('finds a float model all float', async () => {
    using opened = openModel('test/fixtures/tensorflow/digits_cnn/model.onnx');
    const { nodes, notFused } = coverageOf(opened.model, await inferTypes(opened.model));
    expect(notFused).toEqual([]);
    expect(Object.keys(nodes)).toEqual(['float32']);
  });
});
