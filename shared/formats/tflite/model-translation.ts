/** A TFLite file as a TensorFlow graph: its main subgraph, the others as functions, and state that it keeps. */
import { ModelError } from '../../base/errors.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import type { Shape } from '../build/dims.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { TfFunction, TfInputPort, TfPort } from '../tf/tf-graph.ts';
import { builtinOf } from './builtin-table.ts';
import { isElementType } from './constants.ts';
import { GraphTranslation, isQuantized, NodeList, plainName } from './graph-translation.ts';
import { OperatorTranslation } from './operator-translation.ts';
import type { TfliteModel, TfliteOperator, TfliteSubgraph, TfliteTensor } from './tflite-model.ts';

/** Subgraphs that contain each other (CWE-674): loops in loops in branches stay far below. */
const MAX_NESTING = 32;

/** What keeps its content between runs: an input and an output of the ONNX model. */
interface State {
  readonly input: TfInputPort;
  readonly output: string;
  /** The reference of what is kept. */
  next: string;
}

/** What a variable holds while the operators are walked in their order. */
export interface Variable {
  /** The reference in the main graph. */
  readonly reference: string;
  /** The content, when it is constant. */
  readonly constant: StoredTensor | undefined;
}

/** What all subgraphs of one file share while they are translated: functions, variables, state, notes. */
export class ModelTranslation {
  readonly model: TfliteModel;
  /** The subgraph that the ONNX model is. */
  readonly main: TfliteSubgraph;
  readonly functions = new Map<string, TfFunction>();
  readonly notes = new Set<string>();
  readonly variables = new Map<string, Variable>();
  readonly #states = new Map<string, State>();
  readonly #portName: (wish: string) => string;
  #depth = 0;

  /** `portName` gives free names for inputs and outputs of the model. */
  constructor(model: TfliteModel, main: TfliteSubgraph, portName: (wish: string) => string) {
    this.model = model;
    this.main = main;
    this.#portName = portName;
  }

  subgraph(index: number): TfliteSubgraph {
    const subgraph = this.model.subgraphs[index];
    if (subgraph) return subgraph;
    throw new ModelError(`the file names subgraph ${index} and has ${this.model.subgraphs.length}`);
  }

  /** Walks the operators of a subgraph; those that cannot be translated stand in the graph as such. */
  translate(graph: GraphTranslation): void {
    for (const operator of graph.subgraph.operators) this.#translateOperator(graph, operator);
  }

  /** The name of the function that a subgraph is. @throws Unconvertible when it contains itself */
  functionOf(index: number): string {
    const name = `subgraph ${index}`;
    if (this.functions.has(name)) return name;
    const subgraph = this.subgraph(index);
    if (this.#depth >= MAX_NESTING)
      throw new Unconvertible(`subgraphs contain each other more than ${MAX_NESTING} deep`);
    this.#depth++;
    try {
      const list = new NodeList();
      const graph = new GraphTranslation(list, subgraph);
      const parameters = subgraph.inputs.map((tensor) => {
        const parameter = list.add(graph.tensor(tensor).name, '_Arg', []);
        graph.enterValue(tensor, parameter);
        return parameter;
      });
      this.translate(graph);
      const results = subgraph.outputs.map((tensor) => graph.value(tensor));
      this.functions.set(name, { name, parameters, nodes: list.nodes, results });
      return name;
    } finally {
      this.#depth--;
    }
  }

  /** Runs the operators of a subgraph that sets variables, as a part of the main graph. */
  initialize(index: number, list: NodeList): void {
    if (this.#depth > 0) throw new Unconvertible('it sets variables within a loop or a branch');
    this.#depth++;
    try {
      this.translate(new GraphTranslation(list, this.subgraph(index)));
    } finally {
      this.#depth--;
    }
  }

  /** Whether what is translated now is the main graph: state can be kept there alone. */
  get isInMain(): boolean {
    return this.#depth === 0;
  }

  /** Whether the variable is an input and an output of the model. */
  hasState(key: string): boolean {
    return this.#states.has(key);
  }

  /** A new input of the model for content that is kept; gives its reference. */
  addState(key: string, wish: string, tensor: TfliteTensor, list: NodeList): string {
    if (!this.isInMain) throw new Unconvertible('it keeps state within a loop or a branch');
    const name = this.#portName(plainName(wish));
    const output = this.#portName(`${name}_next`);
    const reference = list.fresh(name);
    const input = { name, tensor: reference, type: elementTypeOf(tensor), shape: tensor.shape };
    this.#states.set(key, { input, output, next: reference });
    this.notes.add(
      `The model keeps "${name}" from run to run: feed its output "${output}" as the next input, and what it starts from (zeros as a rule) at first.`,
    );
    return reference;
  }

  /** What is kept of it. */
  setState(key: string, next: string): void {
    const state = this.#states.get(key);
    if (state) state.next = next;
  }

  /** Inputs and outputs of the model that are for state. */
  get states(): readonly { readonly input: TfInputPort; readonly output: TfPort }[] {
    return [...this.#states.values()].map(({ input, output, next }) => ({
      input,
      output: { name: output, tensor: next },
    }));
  }

  #translateOperator(graph: GraphTranslation, operator: TfliteOperator): void {
    const o = new OperatorTranslation(this, graph, operator);
    try {
      const results = builtinOf(operator)?.(o) ?? o.refuse();
      o.finish(typeof results === 'string' ? [results] : results);
    } catch (error) {
      if (!(error instanceof Unconvertible)) throw error;
      o.finish(o.refuse({ reason: error.message, hint: error.hint }));
    }
  }
}

/** The type under which a tensor is fed or fetched. @throws Unconvertible for a handle */
export function elementTypeOf({ name, type }: TfliteTensor): ElementType {
  if (isElementType(type)) return type;
  throw new Unconvertible(`"${name}" is of type ${type}`);
}

/** Sizes of a tensor; free ones have a name, the batch the same in all. */
export function shapeOfPort({ name, shape, signature }: TfliteTensor): Shape {
  if (signature.length !== shape.length) return shape;
  return signature.map((size, axis) =>
    size >= 0 ? size : axis === 0 && shape.length > 1 ? 'batch' : `${name}_${axis}`,
  );
}

/** The reference under which a tensor leaves the model: its integers, when it is quantized. */
export const portReference = (graph: GraphTranslation, index: number): string =>
  isQuantized(graph.tensor(index)) ? graph.held(index) : graph.value(index);
