/** One step of training as a model: batch, weights and state in; loss, new weights and new state out. */
import { DefectError } from '../base/errors.ts';
import type { ElementType } from '../onnx/element-type.ts';
import type { Graph, Model, ValueInfo } from '../onnx/model.ts';
import { TakenNames } from '../onnx/taken-names.ts';
import { differentiate } from './autodiff/differentiate.ts';
import { staticShapes } from './autodiff/static-shapes.ts';
import { Emitter, type Shape } from './emitter.ts';
import { type OptimizerOptions, stateCount, update } from './optimizers.ts';

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
}

export interface StepGraph {
  readonly model: Model;
  readonly loss: string;
  /** Inputs without axes: the rate, and the number of the step from 1 on. */
  readonly rate: string;
  readonly step: string;
  /** By weight: where it goes in and comes out, and so its state. */
  readonly trained: ReadonlyMap<string, TrainedPorts>;
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
  const { weights, optimizer, extraInputs } = options;
  const given = withInputs(model, extraInputs);
  const shapes = new Map(await staticShapes(given));
  for (const { name, shape } of extraInputs) shapes.set(name, shape);
  const names = new TakenNames(given.graph);
  const head = new Emitter(shapes, names, 'loss');
  const loss = options.loss(head);
  const whole = withParts(given, head);
  const { nodes, initializers, gradients } = differentiate(whole, {
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
          next: next?.weight ?? '',
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
    ...[rate, step].map((name) => infoOf(name, 'float32', [])),
  ];
  const outputs = [
    infoOf(loss, 'float32', []),
    ...[...ports.values()].flatMap(({ shape, next, state }) =>
      [next, ...state.map((one) => one.next)].map((name) => infoOf(name, 'float32', shape)),
    ),
  ];
  const constants = [...whole.graph.initializers, ...initializers, ...tail.initializers];
  const graph: Graph = {
    ...whole.graph,
    nodes: [...nodes, ...tail.nodes],
    initializers: new Map(constants.filter(([name]) => !ports.has(name))),
    inputs,
    outputs,
  };
  return { model: { ...given, graph }, loss, rate, step, trained: ports };
}

function withInputs(model: Model, extraInputs: readonly ExtraInput[]): Model {
  const inputs = extraInputs.map(({ name, type, shape }) => infoOf(name, type, shape));
  const { graph } = model;
  return { ...model, graph: { ...graph, inputs: [...graph.inputs, ...inputs] } };
}

function withParts(model: Model, { nodes, initializers }: Emitter): Model {
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

const infoOf = (name: string, elementType: ElementType, shape: Shape): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType, shape: [...shape] },
});
