import { expect, it } from 'vitest';
import { fuseNode } from '../../../shared/measure/fusion/fuse-node.ts';
import { QuantizedGraph } from '../../../shared/measure/fusion/quantized-graph.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { saveOptimized } from '../../../shared/runtime/save-optimized.ts';
import { useTempFolder } from '../data/temp-folder.ts';
import { CASES } from './cases.ts';
import { qdqModel } from './qdq-models.ts';

const temp = useTempFolder();

function predicted(model: Model) {
  const node = model.graph.nodes.find(({ name }) => name === 'op');
  return node && fuseNode(new QuantizedGraph(model.graph), node);
}

/** Whether onnxruntime runs the op on integers: then nothing but the last op of the model reads a DQ. */
async function isFusedByRuntime(model: Model): Promise<boolean> {
  const path = temp('optimized.onnx');
  await saveOptimized(model, path, { level: 'extended', format: 'onnx' });
  using opened = openModel(path);
  const { nodes } = opened.model.graph;
  const dequantized = new Set(
    nodes.filter(({ opType }) => opType === 'DequantizeLinear').flatMap(({ outputs }) => outputs),
  );
  return nodes.every(
    ({ opType, inputs }) => opType === 'Neg' || !inputs.some((name) => dequantized.has(name)),
  );
}

it.each(Object.entries(CASES))('foresees what onnxruntime does: %s', async (_, spec) => {
  const model = qdqModel(spec);
  const fusion = predicted(model);
  expect(fusion?.kind === 'fused', JSON.stringify(fusion)).toBe(await isFusedByRuntime(model));
});

it('says why not', () => {
  const reasons = Object.fromEntries(
    Object.entries(CASES).flatMap(([name, spec]) => {
      const fusion = predicted(qdqModel(spec));
      return fusion?.kind === 'not-fused' ? [[name, fusion.reason]] : [];
    }),
  );
  expect(reasons).toMatchInlineSnapshot(`
    {
      "add of a float": "its input "f0" is not quantized",
      "add uint16": "Add has no kernel for uint16",
      "argmax uint16": "ArgMax has no kernel for uint16",
      "batch normalization": "BatchNormalization has no integer kernel",
      "clip that cuts": "Clip has no integer kernel, and the range of its Q goes beyond it",
      "concat with a float": "its input "f0" is not quantized",
      "conv that gives the output": "it gives a graph output, with no Q between",
      "conv transpose": "ConvTranspose has no integer kernel",
      "conv uint16": "Conv has no kernel for uint16",
      "conv without Q": "no Q follows its output",
      "conv, relu that cuts": "Relu stands before the Q, whose range goes beyond it",
      "conv, weights alone": "its int8 weights become floats again at every run",
      "conv, weights alone, Q behind": "its int8 weights become floats again at every run",
      "depth to space uint16": "DepthToSpace has no kernel for uint16",
      "div": "Div has no integer kernel",
      "gather from a table": "its int8 weights become floats again at every run",
      "gemm with alpha": "Gemm has alpha 0.5",
      "gemm with beta": "Gemm has beta 0.5",
      "gemm, weights alone, transposed": "its int8 weights become floats again at every run: Gemm transposes them",
      "hard swish": "HardSwish has no integer kernel",
      "instance normalization": "InstanceNormalization has no integer kernel",
      "layer normalization": "LayerNormalization has no integer kernel",
      "leaky relu uint16": "LeakyRelu has no kernel for uint16",
      "matmul int16 weights": "MatMul has no kernel for int16",
      "matmul uint16": "MatMul has no kernel for uint16",
      "matmul, weights alone, Q behind": "its int8 weights become floats again at every run: a Q follows while no DQ precedes",
      "matmul, weights alone, per row": "its int8 weights become floats again at every run: scales along axis 0 instead of 1",
      "matmul, weights alone, rank 3": "its int8 weights become floats again at every run: they are no matrix on the right",
      "max": "Max has no integer kernel",
      "max pool uint16": "MaxPool has no kernel for uint16",
      "max pool, other scale": "it moves values, and scale or zero point differ before and after",
      "mul by a float constant": "its input "k" is not quantized",
      "pad": "Pad has no integer kernel",
      "reduce max uint16": "ReduceMax has no kernel for uint16",
      "reduce max, other scale": "it moves values, and scale or zero point differ before and after",
      "reduce mean": "ReduceMean has no integer kernel",
      "relu": "Relu has no integer kernel, and the range of its Q goes beyond it",
      "relu from its zero, other scale": "Relu vanishes, but scale or zero point differ before and after",
      "reshape, other scale": "it moves values, and scale or zero point differ before and after",
      "resize uint16": "Resize has no kernel for uint16",
      "resize, linear": "Resize interpolates (mode linear)",
      "space to depth": "SpaceToDepth has no integer kernel",
      "split, other scale": "it moves values, and scale or zero point differ before and after",
      "sub": "Sub has no integer kernel",
      "tanh": "Tanh has no integer kernel",
    }
  `);
});

it('foresees Where, whose condition is no number', async () => {
  const base = qdqModel({ opType: 'Where', activations: [[4], [4]] });
  const { graph } = base;
  const nodes = graph.nodes.map((node) =>
    node.name === 'op' ? { ...node, inputs: ['condition', ...node.inputs] } : node,
  );
  const condition = {
    name: 'condition',
    type: { kind: 'tensor', elementType: 'bool', shape: [4] },
  } as const;
  const model = { ...base, graph: { ...graph, nodes, inputs: [...graph.inputs, condition] } };
  expect(predicted(model)).toEqual({ kind: 'fused', bits: 8 });
  expect(await isFusedByRuntime(model)).toBe(true);
});
