/** Gradients against finite differences: the judge of every rule. */
import { beforeAll, expect, test } from 'vitest';
import { createRandom, type Random } from '../../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../../shared/base/tensor.ts';
import { editModel } from '../../../shared/onnx/edit-model.ts';
import { makeNode } from '../../../shared/onnx/make-node.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Attribute, Graph, Model, ValueInfo } from '../../../shared/onnx/model.ts';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { staticShapes } from '../../../shared/train/autodiff/static-shapes.ts';
import { countOf } from '../../../shared/train/emitter.ts';
import { runGradients } from './_run-gradients.ts';

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

/** A test a case: its gradients agree with finite differences. */
export function testGradients(cases: Readonly<Record<string, GradientCase>>): void {
  let errors: ReadonlyMap<string, number>;
  beforeAll(async () => {
    errors = await gradientErrors(cases);
  });
  test.for(Object.keys(cases))('%s', (name) => {
    expect(errors.get(name)).toBeLessThan(1e-3);
  });
}

/** As {@link gradientErrors}, of a single case. */
export async function gradientError(one: GradientCase): Promise<number> {
  const errors = await gradientErrors({ one });
  return errors.get('one') ?? Number.NaN;
}

/**
 * By case, the largest relative error over inputs and random directions of the derivative of Σ y·w, w random.
 * Derivatives are central differences at two steps, extrapolated, of float32 outputs summed in float64. All cases of
 * an opset lie side by side in one model.
 */
export async function gradientErrors(
  cases: Readonly<Record<string, GradientCase>>,
): Promise<ReadonlyMap<string, number>> {
  const byOpset = Map.groupBy(Object.entries(cases), ([, { opset = 17 }]) => opset);
  const errors = new Map<string, number>();
  for (const [opset, group] of byOpset) {
    const found = await errorsOf(
      opset,
      group.map(([, one]) => one),
    );
    group.forEach(([name], at) => {
      errors.set(name, found[at] ?? Number.NaN);
    });
  }
  return errors;
}

/** A case in the model of all. Names are those in it. */
interface Placed {
  readonly graph: Graph;
  readonly varied: readonly string[];
  readonly feeds: NamedTensors;
  readonly step: number;
  readonly random: Random;
}

async function errorsOf(opset: number, cases: readonly GradientCase[]): Promise<number[]> {
  const placed = cases.map((one, at) => place(one, opset, `c${at}_`));
  const model = sideBySide(
    placed.map(({ graph }) => graph),
    opset,
  );
  const shapes = await staticShapes(model);
  const weights = placed.map(
    ({ graph, random }) =>
      new Map(
        graph.outputs.map(({ name }) => [
          name,
          drawn(shapes.get(name) ?? [], () => random.normal()),
        ]),
      ),
  );
  const feeds = Object.assign({}, ...placed.map((one) => one.feeds)) as Record<string, Tensor>;
  const names = placed.flatMap(({ varied }) => varied);
  const analytic = await runGradients(
    withLoss(model, new Map(weights.flatMap((own) => [...own]))),
    'the_loss',
    names,
    feeds,
  );
  await using session = await openSession(model, { optimization: 'disabled' });
  /** By case, with its input of that number moved. */
  const lossesAt = async (moved: NamedTensors): Promise<number[]> => {
    const outputs = await session.run({ ...feeds, ...moved });
    return weights.map((own) => {
      let loss = 0;
      for (const [output, { data: w }] of own) {
        const values = outputs[output]?.data;
        for (let i = 0; i < w.length; i++) loss += Number(values?.[i]) * (w[i] ?? 0);
      }
      return loss;
    });
  };
  const worst = placed.map(() => 0);
  const most = Math.max(...placed.map(({ varied }) => varied.length));
  for (let input = 0; input < most; input++)
    for (let count = 0; count < DIRECTIONS; count++) {
      const moves = placed.map(({ varied, random, step }) => {
        const name = varied[input] ?? '';
        const x = (feeds[name]?.data ?? new Float32Array()) as Float32Array;
        return { name, x, step, direction: Float32Array.from(x, () => random.normal()) };
      });
      const differences = async (share: number): Promise<number[]> => {
        const at = (sign: number): NamedTensors =>
          Object.fromEntries(
            moves.flatMap(({ name, x, step, direction }): [string, Tensor][] => {
              const own = feeds[name];
              const h = sign * share * step;
              const data = x.map((value, i) => value + h * (direction[i] ?? 0));
              return own ? [[name, { type: 'float32', dims: own.dims, data }]] : [];
            }),
          );
        const [after, before] = [await lossesAt(at(1)), await lossesAt(at(-1))];
        return after.map(
          (loss, k) => (loss - (before[k] ?? 0)) / (2 * share * (moves[k]?.step ?? 1)),
        );
      };
      const [half, whole] = [await differences(0.5), await differences(1)];
      moves.forEach(({ name, direction }, k) => {
        if (name === '') return;
        const numeric = (4 * (half[k] ?? 0) - (whole[k] ?? 0)) / 3;
        const gradient = analytic[name]?.data;
        let dot = 0;
        let size = 0;
        for (let i = 0; i < direction.length; i++) {
          const term = Number(gradient?.[i] ?? 0) * (direction[i] ?? 0);
          dot += term;
          size += term * term;
        }
        const error = Math.abs(dot - numeric) / Math.max(Math.sqrt(size), 1e-3);
        worst[k] = Math.max(worst[k] ?? 0, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
      });
    }
  return worst;
}

function place(
  { graph: text, range = [-1, 1], ranges = {}, fixed = {}, step = 0.02, seed = 1 }: GradientCase,
  opset: number,
  prefix: string,
): Placed {
  const { graph } = parseModel(
    `<ir_version: 10, opset_import: ["": ${opset}, "com.microsoft": 1]>\n${text}`,
  );
  const random = createRandom(seed, 'gradient');
  const own = (name: string): string => (name === '' ? '' : `${prefix}${name}`);
  const varied = graph.inputs.filter(({ name }) => !Object.hasOwn(fixed, name));
  const feeds = [
    ...varied.map((input): [string, Tensor] => {
      const [low, high] = ranges[input.name] ?? range;
      return [own(input.name), drawn(sizesOf(input), () => low + (high - low) * random.float())];
    }),
    ...Object.entries(fixed).map(([name, tensor]): [string, Tensor] => [own(name), tensor]),
  ];
  return {
    graph: renamed(graph, own),
    varied: varied.map(({ name }) => own(name)),
    feeds: Object.fromEntries(feeds),
    step,
    random,
  };
}

/** A graph whose values have other names, those of bodies too. */
function renamed(graph: Graph, own: (name: string) => string): Graph {
  const infos = (values: readonly ValueInfo[]): ValueInfo[] =>
    values.map((value) => ({ ...value, name: own(value.name) }));
  const attribute = (value: Attribute): Attribute =>
    value.type === 'graph' ? { ...value, value: renamed(value.value, own) } : value;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(own),
      outputs: node.outputs.map(own),
      attributes: new Map([...node.attributes].map(([name, value]) => [name, attribute(value)])),
    })),
    initializers: new Map(
      [...graph.initializers].map(([name, tensor]) => [own(name), { ...tensor, name: own(name) }]),
    ),
    inputs: infos(graph.inputs),
    outputs: infos(graph.outputs),
    valueInfo: new Map(),
  };
}

function sideBySide(graphs: readonly Graph[], opset: number): Model {
  const model = parseModel(
    `<ir_version: 10, opset_import: ["": ${opset}, "com.microsoft": 1]>\ng () => () {}`,
  );
  const graph: Graph = {
    ...model.graph,
    nodes: graphs.flatMap(({ nodes }) => nodes),
    initializers: new Map(graphs.flatMap(({ initializers }) => [...initializers])),
    inputs: graphs.flatMap(({ inputs }) => inputs),
    outputs: graphs.flatMap(({ outputs }) => outputs),
  };
  return { ...model, graph };
}

/** `the_loss`: Σ y·w over all outputs. */
function withLoss(
  model: Model,
  weights: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>,
): Model {
  return editModel(model, (graph) => {
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
  }).model;
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
