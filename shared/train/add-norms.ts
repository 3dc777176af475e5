/**
 * BatchNormalizations behind convolutions whose own were folded before: they change nothing until they are trained.
 *
 * γ (x − (μ − b)) / √(σ² + ε) + μ = x + b with γ = √(σ² + ε), μ and σ² being the moments of x + b. Retraining is then
 * as it was when the model was made, and the exact passes fold what was added.
 */
import { editModel } from '../onnx/edit-model.ts';
import { floatAttribute, makeNode } from '../onnx/make-node.ts';
import { float32Tensor } from '../onnx/make-tensor.ts';
import type { Model, Node } from '../onnx/model.ts';
import { TakenNames } from '../onnx/taken-names.ts';
import { floatValues } from '../onnx/tensor-data.ts';
import { staticShapes } from './autodiff/static-shapes.ts';
import { batchForm } from './batch-form.ts';
import {
  chooseSamples,
  type MomentOutputs,
  type Moments,
  type NormOptions,
  sumsOf,
} from './calibrate-norms.ts';
import { countOf, Emitter } from './emitter.ts';
import type { Inputs } from './train-samples.ts';

/** Samples: norms see the same values as the layers behind them, so that a rough estimate is right, too. */
const BATCH = 64;

const EPSILON = 1e-5;

/** Layers that learn, behind which a norm would not be the last. */
const LAYERS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/**
 * The model itself where a BatchNormalization is left, where no convolution has another layer behind it, and where it
 * cannot take more than one sample at once.
 */
export async function addNorms(
  model: Model,
  samples: Inputs,
  options: NormOptions,
): Promise<Model> {
  const convolutions = innerConvolutions(model);
  if (convolutions.length === 0) return model;
  const chosen = chooseSamples(samples, options.seed);
  const wanted = Math.min(options.batch ?? BATCH, chosen.length);
  const form = await batchForm(model, await samples.sample(chosen[0] ?? 0), wanted);
  if (form.batch === 1) return model;
  const shapes = await staticShapes(form.model);
  const emit = new Emitter(shapes, new TakenNames(form.model.graph), 'moment');
  const outputs = convolutions.map(({ outputs: [output = ''] }) => momentsOf(emit, output));
  const moments = await sumsOf(form.model, emit, outputs, { form, samples, chosen }, options);
  return withNorms(model, convolutions, moments);
}

/** Those with constant kernels and another layer somewhere behind them, in a model without any norm. */
function innerConvolutions({ graph }: Model): readonly Node[] {
  if (graph.nodes.some(({ opType }) => opType === 'BatchNormalization')) return [];
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  // From the end to the front: values that a layer reads, directly or through other ops.
  const leading = new Set<string>();
  for (const node of graph.nodes.toReversed())
    if (LAYERS.has(node.opType) || node.outputs.some((output) => leading.has(output)))
      for (const input of node.inputs) leading.add(input);
  return graph.nodes.filter(({ opType, inputs, outputs: [output = ''] }) => {
    const isOurs = opType === 'Conv' && graph.initializers.get(inputs[1] ?? '')?.type === 'float32';
    const hasBias = (inputs[2] ?? '') === '' || graph.initializers.has(inputs[2] ?? '');
    return isOurs && hasBias && leading.has(output) && !outputs.has(output);
  });
}

/** Mean and variance of each channel of [N, C, …], as nodes. */
function momentsOf(emit: Emitter, value: string): MomentOutputs {
  const shape = emit.shapeOf(value);
  const [, channels = 1] = shape;
  const axes = shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const count = countOf(shape) / channels;
  const mean = (of: string): string => {
    const sum = emit.sum(of, axes);
    return emit.emit('Mul', [sum, emit.scalar(1 / count)], emit.shapeOf(sum));
  };
  const flat = (of: string): string => emit.reshape(of, [channels]);
  const means = mean(value);
  const centred = emit.emit('Sub', [value, means], shape);
  const variance = mean(emit.emit('Mul', [centred, centred], shape));
  const square = emit.emit('Mul', [means, means], emit.shapeOf(means));
  return { mean: flat(means), variance: flat(variance), square: flat(square) };
}

function withNorms(
  model: Model,
  convolutions: readonly Node[],
  moments: readonly Moments[],
): Model {
  return editModel(model, (editor) => {
    convolutions.forEach((node, index) => {
      const { mean, variance } = moments[index] ?? {};
      if (!mean || !variance) return;
      const [output = ''] = node.outputs;
      const bias = editor.initializers.get(node.inputs[2] ?? '');
      const offsets = bias ? floatValues(bias) : new Float32Array(mean.length);
      const constant = (name: string, values: ArrayLike<number>): string =>
        editor.addInitializer(
          float32Tensor(editor.freshName(`${output}_${name}`), [mean.length], values),
        );
      const inner = editor.freshName(`${output}_conv`);
      const convolved = { ...node, inputs: node.inputs.slice(0, 2), outputs: [inner] };
      const parameters = [
        constant(
          'scale',
          variance.map((value) => Math.sqrt(value + EPSILON)),
        ),
        constant('shift', mean),
        constant(
          'mean',
          mean.map((value, channel) => value - (offsets[channel] ?? 0)),
        ),
        constant('variance', variance),
      ];
      const norm = makeNode('BatchNormalization', [inner, ...parameters], [output], {
        epsilon: floatAttribute(EPSILON),
      });
      editor.replace(node, convolved, norm);
      const name = bias?.name;
      if (name !== undefined && !editor.isUsed(name)) editor.removeInitializer(name);
    });
  }).model;
}
