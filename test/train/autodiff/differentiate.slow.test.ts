/** Gradients against those of TensorFlow: whole networks in TensorFlow.js, convolutions as TensorFlow recorded them. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { afterAll, expect, test } from 'vitest';
import { createRandom } from '../../../shared/base/random.ts';
import { layersArtifacts } from '../../../shared/engines/references/child/tfjs-layers-artifacts.ts';
import { openSource } from '../../../shared/formats/open-source.ts';
import { convertGraph } from '../../../shared/formats/tf/convert-graph.ts';
import { editModel } from '../../../shared/onnx/edit-model.ts';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { batchForm } from '../../../shared/train/batch-form.ts';
import { countOf } from '../../../shared/train/emitter.ts';
import { trainableWeights } from '../../../shared/train/trainable-weights.ts';
import { trainingForm } from '../../../shared/train/training-form.ts';
import { graphOf, type OpCase, opCases } from '../../formats/tf/ops/_cases.ts';
import { runGradients } from './_run-gradients.ts';

afterAll(closeSharedProcess);

const FIXTURES = 'test/fixtures/tensorflow';
const BATCH = 3;

/** What may be fed to one input: [1, …sizes], and a value. */
const CASES = {
  digits_cnn: { sizes: [8, 8, 1], draw: (random: () => number) => random() },
  bilstm: { sizes: [20], draw: (random: () => number) => Math.floor(random() * 40) },
} as const;

async function layersModel(path: string): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(`${path}/model.json`, 'utf8'));
  const [{ weights, paths }] = weightsManifest;
  const bytes = Buffer.concat(paths.map((name: string) => readFileSync(`${path}/${name}`)));
  const weightData = new Uint8Array(bytes).buffer;
  const artifacts = layersArtifacts({ modelTopology, weightSpecs: weights });
  const parts: tf.io.ModelArtifacts = JSON.parse(JSON.stringify(artifacts));
  return await tf.loadLayersModel(tf.io.fromMemory({ ...parts, weightData }));
}

test.for(Object.entries(CASES))('%s', async ([name, { sizes, draw }]) => {
  const path = `${FIXTURES}/${name}/tfjs_layers`;
  const random = createRandom(1, name);
  const dims = [BATCH, ...sizes];
  const x = Float32Array.from({ length: countOf(dims) }, () => draw(() => random.float()));
  await tf.setBackend('cpu');
  const theirs = await layersModel(path);
  const inputs = tf.tensor(x, dims);
  const [classes = 1] = theirs.outputs[0]?.shape.slice(-1).map(Number) ?? [];
  const w = Float32Array.from({ length: BATCH * classes }, () => random.normal());
  const loss = (): tf.Scalar => {
    const y = theirs.apply(inputs, { training: false }) as tf.Tensor;
    return tf.sum(tf.mul(y, tf.tensor(w, [BATCH, classes])));
  };
  const { grads } = tf.variableGrads(loss);

  using source = await openSource(path, { shown: path });
  const form = await trainingForm(source.model);
  const [input] = form.graph.inputs;
  const [output] = form.graph.outputs;
  const type = input?.type?.kind === 'tensor' ? input.type.elementType : 'float32';
  const one =
    type === 'int32'
      ? { type: 'int32' as const, dims, data: Int32Array.from(x) }
      : { type: 'float32' as const, dims, data: x };
  const sample = { ...one, dims: [1, ...sizes], data: one.data.slice(0, x.length / BATCH) };
  const feeds = { [input?.name ?? '']: one };
  const { model } = await batchForm(form, { [input?.name ?? '']: sample }, BATCH);
  const { model: withLoss } = editModel(model, (graph) => {
    graph.addInitializer(float32Tensor('w', [BATCH, classes], w));
    graph.insertBefore(null, makeNode('Mul', [output?.name ?? '', 'w'], ['weighted']));
    graph.insertBefore(null, makeNode('ReduceSum', ['weighted'], ['loss'], { keepdims: 0 }));
  });
  const ours = await runGradients(withLoss, 'loss', trainableWeights(model), feeds);
  // Axes lie in another order, and gates of recurrent layers: the elements are the same.
  const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();
  // An LSTM of ONNX has a second bias, of which Keras knows nothing.
  const biases = model.graph.nodes.flatMap(({ opType, inputs }) =>
    opType === 'LSTM' ? [inputs[3] ?? ''] : [],
  );
  const known = Object.entries(ours).flatMap(([name, { dims, data }]) => {
    const row = dims[1] ?? 1;
    const numbers = Array.from(data, Number);
    return biases.includes(name) ? numbers.filter((_, at) => at % row < row / 2) : numbers;
  });
  const all = sorted(known);
  const expected = sorted(Object.values(grads).flatMap((grad) => Array.from(grad.dataSync())));
  expect(expected.length).toBeGreaterThan(1000);
  expect(all.length).toBe(expected.length);
  const largest = Math.max(-(expected[0] ?? 0), expected.at(-1) ?? 0);
  const error = Math.max(...expected.map((value, at) => Math.abs(value - (all[at] ?? 0))));
  // Both are sums of float32 in their own order; a wrong rule differs by parts of 1.
  expect(error / largest).toBeLessThan(1e-4);
});

/** `Conv2DBackpropInput` is the gradient of Conv2D by its input: sizes, kernel, gradient of the output. */
const RECORDED = opCases('nn').filter(
  ({ op, inputs }) =>
    /^Conv[23]DBackpropInput/.test(op) &&
    inputs.every(({ type }) => type === 'float32' || type === 'int32'),
);

test.for(RECORDED.map((item) => [item.name, item] as const))('%s', async ([name, item]) => {
  const [, kernel, gradient] = item.inputs;
  const [wanted] = item.outputs;
  if (!kernel || !gradient || !wanted) throw new Error(`${name} lacks an input or output`);
  const zeros = Buffer.alloc(4 * countOf(wanted.dims)).toString('base64');
  const convolution: OpCase = {
    ...item,
    op: item.op.slice(0, 'Conv2D'.length),
    inputs: [
      { ...wanted, data: zeros, shapes: [wanted.dims] },
      { ...kernel, shapes: [kernel.dims] },
    ],
    outputs: [{ ...gradient, index: 0 }],
  };
  const { model } = convertGraph(graphOf(convolution, 0), { title: name });
  const { model: withLoss } = editModel(model, (graph) => {
    graph.addInitializer(float32Tensor('w', gradient.dims, numbers(gradient.data)));
    graph.insertBefore(null, makeNode('Mul', ['y0', 'w'], ['weighted']));
    graph.insertBefore(null, makeNode('ReduceSum', ['weighted'], ['loss'], { keepdims: 0 }));
  });
  const feeds = {
    x0: { type: 'float32', dims: wanted.dims, data: numbers(zeros) },
    x1: { type: 'float32', dims: kernel.dims, data: numbers(kernel.data) },
  } as const;
  const { x0 } = await runGradients(withLoss, 'loss', ['x0'], feeds);
  expect(x0?.dims).toEqual(wanted.dims);
  const expected = numbers(wanted.data);
  const largest = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, at) => Math.abs(value - Number(x0?.data[at]))));
  expect(error / largest).toBeLessThan(1e-6);
});

function numbers(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(new Uint8Array(bytes).buffer);
}
