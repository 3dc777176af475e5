/** One step of training as a model: batch, weights and state in; loss, new weights and new state out. */
import { DefectError } from '../base/errors.ts';
import type { ElementType } from '../onnx/element-type.ts';
import type { Graph, Model, ValueInfo } from '../onnx/model.ts';
import { TakenNames } from '../onnx/taken-names.ts';
import { differentiate } from './autodiff/differentiate.ts';
import { staticShapes } from './autodiff/static-shapes.ts';
import type { NormState } from './batch-norms.ts';
import { Emitter, type Shape } from './emitter.ts';
import { isMatrix, type OptimizerOptions, stateCount, update } from './optimizers.ts';

/** A value that a step is fed beside the model's own inputs: labels, a teacher's outputs. */
export interface ExtraInput {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

export interface StepOptions {
  /** Initializers that are trained, float32. */
  readonly weights: readonly string[];
  readonly optimizer: OptimizerOptions;
  readonly extraInputs: readonly ExtraInput[];
  /** Adds the loss to the graph; gives its name. */
  readonly loss: (emit: Emitter) => string;
  /** Initializers that the graph itself gives anew: moments of norms. */
  readonly states?: readonly NormState[];
  /** Whether elements of matrices and kernels that are zero stay zero. */
  readonly keepsZeros?: boolean;
  /** Of {@link staticShapes}, where they are known. */
  readonly shapes?: ReadonlyMap<string, Shape>;
}

export interface StepGraph {
  readonly model: Model;
  readonly loss: string;
  /** Inputs without axes: the rate, and the number of the step from 1 on. */
  readonly rate: string;
  readonly step: string;
  /** By weight: where it goes in and comes out, and so its state. */
  readonly trained: ReadonlyMap<string, TrainedPorts>;
  /** As they were given. */
  readonly states: readonly NormState[];
  /** Weights that stay as they are, since ops without a gradient stand between them and the loss. */
  readonly blocked: readonly string[];
  /** Those ops, as a sentence names them. */
  readonly inTheWay: readonly string[];
}

export interface TrainedPorts {
  readonly shape: Shape;
  /** Names of the output with the new weight and of its states; inputs of states. The weight's input is its own name. */
  readonly next: string;
  readonly state: readonly { readonly input: string; readonly next: string }[];
}

/**
 * Of a model whose batch is fixed, see {@link staticShapes}. Weights that the loss does not depend on are left out.
 * @throws UnsupportedError for ops in the way that nothing can be trained through
 */
export async function stepGraph(model: Model, options: StepOptions): Promise<StepGraph> {
  const { weights, optimizer, extraInputs, states = [], keepsZeros = false } = options;
  const given = withInputs(model, extraInputs);
  const shapes = new Map(options.shapes ?? (await staticShapes(given)));
  for (const { name, shape } of extraInputs) shapes.set(name, shape);
  const names = new TakenNames(given.graph);
  const head = new Emitter(shapes, names, 'loss');
  const loss = options.loss(head);
  const whole = withParts(given, head);
  const { nodes, initializers, gradients, blocked, inTheWay } = differentiate(whole, {
    loss,
    by: weights,
    shapes: head.shapes,
    names,
  });
  if (gradients.size === 0) throw new DefectError('the loss depends on none of the weights');
  const [rate, step] = [names.fresh('rate'), names.fresh('step')];
  const trained = [...gradients].map(([weight, gradient]) => {
    const state = Array.from({ length: stateCount(optimizer) }, () =>
      names.fresh(`${weight}_state`),
    );
    return { weight, gradient, state };
  });
  const known = new Map(head.shapes);
  for (const { weight, gradient, state } of trained)
    for (const name of [gradient, ...state]) known.set(name, known.get(weight) ?? []);
  for (const name of [rate, step]) known.set(name, []);
  const tail = new Emitter(known, names, 'update');
  const updated = update(tail, trained, { rate, step }, optimizer);
  const ports = new Map(
    trained.map(({ weight, state }, index): [string, TrainedPorts] => {
      const next = updated[index];
      return [
        weight,
        {
          shape: tail.shapeOf(weight),
          next: keepsZeros ? withZeros(tail, weight, next?.weight ?? '') : (next?.weight ?? ''),
          state: state.map((input, i) => ({ input, next: next?.state[i] ?? '' })),
        },
      ];
    }),
  );
  const inputs = [
    ...given.graph.inputs,
    ...[...ports].flatMap(([weight, { shape, state }]) =>
      [weight, ...state.map(({ input }) => input)].map((name) => infoOf(name, 'float32', shape)),
    ),
    ...states.map(({ name }) => infoOf(name, 'float32', tail.shapeOf(name))),
    ...[rate, step].map((name) => infoOf(name, 'float32', [])),
  ];
  const outputs = [
    infoOf(loss, 'float32', []),
    ...[...ports.values()].flatMap(({ shape, next, state }) =>
      [next, ...state.map((one) => one.next)].map((name) => infoOf(name, 'float32', shape)),
    ),
    ...states.map(({ name, next }) => infoOf(next, 'float32', tail.shapeOf(name))),
  ];
  const constants = [...whole.graph.initializers, ...initializers, ...tail.initializers];
  const moments = new Set(states.map(({ name }) => name));
  const graph: Graph = {
    ...whole.graph,
    nodes: [...nodes, ...tail.nodes],
    initializers: new Map(constants.filter(([name]) => !ports.has(name) && !moments.has(name))),
    valueInfo: new Map(),
    inputs,
    outputs,
  };
  return {
    model: { ...given, graph },
    loss,
    rate,
    step,
    trained: ports,
    states,
    blocked,
    inTheWay,
  };
}

/** What was exactly zero before the step is so after it. */
function withZeros(emit: Emitter, before: string, after: string): string {
  const shape = emit.shapeOf(before);
  if (!isMatrix(shape)) return after;
  // Twice a cast is faster than a comparison.
  const bits = emit.emit('Cast', [before], shape, { attributes: { to: BOOL } });
  const mask = emit.emit('Cast', [bits], shape, { attributes: { to: FLOAT } });
  return emit.emit('Mul', [after, mask], shape);
}

/** ONNX's numbers of element types. */
const FLOAT = 1;
const BOOL = 9;

/** With more inputs. */
export function withInputs(model: Model, extraInputs: readonly ExtraInput[]): Model {
  const inputs = extraInputs.map(({ name, type, shape }) => infoOf(name, type, shape));
  const { graph } = model;
  return { ...model, graph: { ...graph, inputs: [...graph.inputs, ...inputs] } };
}

/** With the nodes and constants that were emitted behind its own. */
export function withParts(model: Model, { nodes, initializers }: Emitter): Model {
  const { graph } = model;
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...nodes],
      initializers: new Map([...graph.initializers, ...initializers]),
    },
  };
}

/** A value of fixed sizes. */
export const infoOf = (name: string, elementType: ElementType, shape: Shape): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType, shape: [...shape] },
});
