/** BatchNormalizations that learn: by the moments of the batch, while averages of those are kept for later. */
import { floatOf, intOf } from '../onnx/attributes.ts';
import { floatAttribute, makeAttributes, makeNode } from '../onnx/make-node.ts';
import { float32Tensor } from '../onnx/make-tensor.ts';
import type { Model, Node } from '../onnx/model.ts';
import { TakenNames } from '../onnx/taken-names.ts';

/** A value that a run is given and gives anew: its name going in, which is an initializer's, and coming out. */
export interface NormState {
  readonly name: string;
  readonly next: string;
}

export interface TrainingNorms {
  readonly model: Model;
  /** Mean and variance of each norm. */
  readonly states: readonly NormState[];
}

/**
 * Keras' 0.99 takes hundreds of steps to forget: a short retraining would end with moments of the model before it.
 */
const MAX_MOMENTUM = 0.9;

/**
 * Norms with constant moments, as {@link trainingForm} leaves them. `momentum`: of all, instead of their own. The op
 * itself keeps nothing of what was before, so that it gives the moments of the batch, which gradients are made with;
 * averages are nodes of their own.
 */
export function withTrainingNorms(model: Model, momentum?: number): TrainingNorms {
  const { graph } = model;
  const names = new TakenNames(graph);
  const initializers = new Map(graph.initializers);
  const states: NormState[] = [];
  const scalar = (value: number): string => {
    const name = names.fresh('kept');
    initializers.set(name, float32Tensor(name, [], [value]));
    return name;
  };
  /** m a + (1 − m) b, with what the op is given in place of a. */
  const averageOf = (name: string, moment: string, kept: number) => {
    if (kept === 0) return { state: { name, next: moment }, given: name, before: [], after: [] };
    const part = (of: string): string => names.fresh(`${moment}_${of}`);
    const [given, old, young, next] = [part('given'), part('old'), part('young'), part('next')];
    return {
      state: { name, next },
      given,
      // onnxruntime writes what the op gives over what it is given: that must not be the average itself.
      before: [makeNode('Mul', [name, scalar(0)], [given])],
      after: [
        makeNode('Mul', [name, scalar(kept)], [old]),
        makeNode('Mul', [moment, scalar(1 - kept)], [young]),
        makeNode('Add', [old, young], [next]),
      ],
    };
  };
  const nodes = graph.nodes.flatMap((node) => {
    if (!isFrozenNorm(node, model)) return [node];
    const [output = ''] = node.outputs;
    const kept = momentum ?? Math.min(MAX_MOMENTUM, floatOf(node, 'momentum', 0.9));
    const found = ['mean', 'variance'].map((moment) => names.fresh(`${output}_${moment}`));
    const attributes = new Map([
      ...node.attributes,
      ...makeAttributes({ training_mode: 1, momentum: floatAttribute(0) }),
    ]);
    const own = found.map((moment, index) => averageOf(node.inputs[3 + index] ?? '', moment, kept));
    states.push(...own.map(({ state }) => state));
    const inputs = [...node.inputs.slice(0, 3), ...own.map(({ given }) => given)];
    return [
      ...own.flatMap(({ before }) => before),
      { ...node, inputs, outputs: [output, ...found], attributes },
      ...own.flatMap(({ after }) => after),
    ];
  });
  if (states.length === 0) return { model, states };
  return { model: { ...model, graph: { ...graph, nodes, initializers } }, states };
}

/** Whether a node is a BatchNormalization by constant moments. */
export function isFrozenNorm(node: Node, { graph }: Model): boolean {
  return (
    node.opType === 'BatchNormalization' &&
    node.domain === '' &&
    intOf(node, 'training_mode', 0) === 0 &&
    node.inputs.slice(3, 5).every((name) => graph.initializers.get(name)?.type === 'float32')
  );
}

/** Initializers that are moments of norms: no gradient moves them. */
export const normMoments = ({ graph }: Model): ReadonlySet<string> =>
  new Set(
    graph.nodes.flatMap(({ opType, inputs }) =>
      opType === 'BatchNormalization' ? inputs.slice(3, 5) : [],
    ),
  );
