/** Gradients against finite differences: the judge of every rule. */
import { createRandom, type Random } from '../../../shared/base/random.ts';
import type { NamedTensors } from '../../../shared/base/tensor.ts';
import { editModel } from '../../../shared/onnx/edit-model.ts';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model, ValueInfo } from '../../../shared/onnx/model.ts';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { differentiate } from '../../../shared/train/autodiff/differentiate.ts';
import { staticShapes } from '../../../shared/train/autodiff/static-shapes.ts';
import { countOf } from '../../../shared/train/emitter.ts';

export interface GradientCase {
  /** The graph in text form, float32 inputs of fixed shapes; see shared/onnx/text. */
  readonly graph: string;
  readonly opset?: number;
  /** Inputs are drawn evenly from here; −1 … 1. Far from where the function has no derivative. */
  readonly range?: readonly [number, number];
  /** By input, where one differs. */
  readonly ranges?: Readonly<Record<string, readonly [number, number]>>;
  /** Inputs that are fed, not varied. */
  readonly fixed?: NamedTensors;
  /** Of the finite differences; 0.02. */
  readonly step?: number;
  readonly seed?: number;
}

/** Directions along which an input is varied. */
const DIRECTIONS = 3;

/**
 * Largest relative error over inputs and random directions of the derivative of Σ y·w, w random. Derivatives are
 * central differences at two steps, extrapolated, of float32 outputs summed in float64.
 */
export async function gradientError({
  graph,
  opset = 17,
  range = [-1, 1],
  ranges = {},
  fixed = {},
  step = 0.02,
  seed = 1,
}: GradientCase): Promise<number> {
  const model = parseModel(
    `<ir_version: 8, opset_import: ["": ${opset}, "com.microsoft": 1]>\n${graph}`,
  );
  const random = createRandom(seed, 'gradient');
  const varied = model.graph.inputs.filter(({ name }) => !Object.hasOwn(fixed, name));
  const feeds = new Map(
    varied.map((input) => {
      const [low, high] = ranges[input.name] ?? range;
      return [input.name, drawn(sizesOf(input), () => low + (high - low) * random.float())];
    }),
  );
  const shapes = await staticShapes(model);
  const weights = new Map(
    model.graph.outputs.map(({ name }) => [
      name,
      drawn(shapes.get(name) ?? [], () => random.normal()),
    ]),
  );
  const names = varied.map(({ name }) => name);
  const analytic = await gradientsOf(model, names, weights, {
    ...Object.fromEntries(feeds),
    ...fixed,
  });
  await using session = await openSession(model, { optimization: 'disabled' });
  const lossAt = async (name: string, data: Float32Array): Promise<number> => {
    const own = feeds.get(name);
    if (!own) throw new Error(`no input ${name}`);
    const outputs = await session.run({
      ...Object.fromEntries(feeds),
      ...fixed,
      [name]: { ...own, data },
    });
    let loss = 0;
    for (const [output, { data: w }] of weights) {
      const values = outputs[output]?.data;
      for (let i = 0; i < w.length; i++) loss += Number(values?.[i]) * (w[i] ?? 0);
    }
    return loss;
  };
  let worst = 0;
  for (const name of names) {
    const gradient = analytic[name]?.data;
    const x = feeds.get(name)?.data ?? new Float32Array();
    for (let count = 0; count < DIRECTIONS; count++) {
      const direction = Float32Array.from(x, () => random.normal());
      const at = async (h: number): Promise<number> =>
        lossAt(
          name,
          x.map((value, i) => value + h * (direction[i] ?? 0)),
        );
      const central = async (h: number): Promise<number> =>
        ((await at(h)) - (await at(-h))) / (2 * h);
      const numeric = (4 * (await central(step / 2)) - (await central(step))) / 3;
      let dot = 0;
      let size = 0;
      for (let i = 0; i < x.length; i++) {
        const term = Number(gradient?.[i] ?? 0) * (direction[i] ?? 0);
        dot += term;
        size += term * term;
      }
      worst = Math.max(worst, Math.abs(dot - numeric) / Math.max(Math.sqrt(size), 1e-3));
    }
  }
  return worst;
}

/** Gradients of Σ y·w by the inputs named. */
async function gradientsOf(
  model: Model,
  names: readonly string[],
  weights: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>,
  feeds: NamedTensors,
): Promise<NamedTensors> {
  const { model: withLoss } = editModel(model, (graph) => {
    const parts = [...weights].map(([output, { dims, data }]) => {
      graph.addInitializer(float32Tensor(`${output}_w`, dims, data));
      graph.insertBefore(null, makeNode('Mul', [output, `${output}_w`], [`${output}_weighted`]));
      graph.insertBefore(
        null,
        makeNode('ReduceSum', [`${output}_weighted`], [`${output}_sum`], { keepdims: 0 }),
      );
      return `${output}_sum`;
    });
    graph.insertBefore(null, makeNode('Sum', parts, ['the_loss']));
  });
  const shapes = await staticShapes(withLoss);
  const { nodes, initializers, gradients } = differentiate(withLoss, {
    loss: 'the_loss',
    by: names,
    shapes,
  });
  const outputs = [...gradients.values()].map((name): ValueInfo => ({ name, type: null }));
  const whole: Model = {
    ...withLoss,
    graph: {
      ...withLoss.graph,
      nodes,
      initializers: new Map([...withLoss.graph.initializers, ...initializers]),
      outputs,
    },
  };
  await using session = await openSession(whole);
  const found = await session.run(feeds);
  return Object.fromEntries(
    [...gradients].flatMap(([name, gradient]) => {
      const tensor = found[gradient];
      return tensor ? [[name, tensor]] : [];
    }),
  );
}

const drawn = (dims: readonly number[], draw: Random['float']) => ({
  type: 'float32' as const,
  dims,
  data: Float32Array.from({ length: countOf(dims) }, draw),
});

function sizesOf({ name, type }: ValueInfo): readonly number[] {
  if (type?.kind !== 'tensor' || !type.shape?.every((dim) => typeof dim === 'number'))
    throw new Error(`the input ${name} needs fixed sizes`);
  return type.shape;
}
