/** A parsed TFLite file as a TensorFlow graph with the names that users know. */
import { InputError, ModelError } from '../../base/errors.ts';
import { FreshNames } from '../build/fresh-names.ts';
import type { ReadOptions } from '../source-model.ts';
import type { TfGraph, TfInputPort, TfPort } from '../tf/tf-graph.ts';
import { GraphTranslation, NodeList, plainName } from './graph-translation.ts';
import {
  elementTypeOf,
  ModelTranslation,
  portReference,
  shapeOfPort,
} from './model-translation.ts';
import type { TfliteModel, TfliteSignature, TfliteSubgraph } from './tflite-model.ts';

/** What is read of a file: one subgraph, between these tensors, under these names. */
interface Choice {
  readonly subgraph: TfliteSubgraph;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly inputName: (tensor: number) => string;
  readonly outputName: (tensor: number) => string;
}

/** @throws InputError for a signature or tensor that is not there, Unconvertible for a port that ONNX cannot have */
export function translateModel(file: TfliteModel, options: ReadOptions): TfGraph {
  const choice = chooseGraph(file, options);
  const names = new FreshNames();
  const portName = (wish: string): string => names.fresh(wish);
  const inputNames = choice.inputs.map((tensor) => portName(choice.inputName(tensor)));
  const outputNames = choice.outputs.map((tensor) => portName(choice.outputName(tensor)));
  const list = new NodeList();
  const graph = new GraphTranslation(list, choice.subgraph);
  const inputs: TfInputPort[] = choice.inputs.map((index, place) => {
    const tensor = graph.tensor(index);
    const reference = list.fresh(plainName(tensor.name));
    graph.enter(index, reference);
    return {
      name: inputNames[place] ?? '',
      tensor: reference,
      type: elementTypeOf(tensor),
      shape: shapeOfPort(tensor),
    };
  });
  const translation = new ModelTranslation(file, choice.subgraph, portName);
  translation.translate(graph);
  const outputs: TfPort[] = choice.outputs.map((index, place) => ({
    name: outputNames[place] ?? '',
    tensor: portReference(graph, index),
  }));
  const { states } = translation;
  return {
    nodes: list.nodes,
    functions: translation.functions,
    inputs: [...inputs, ...states.map(({ input }) => input)],
    outputs: [...outputs, ...states.map(({ output }) => output)],
    notes: [...translation.notes],
  };
}

function chooseGraph(file: TfliteModel, options: ReadOptions): Choice {
  const signature = chooseSignature(file, options.signature);
  const subgraph = file.subgraphs[signature?.subgraph ?? 0];
  if (!subgraph) throw new ModelError('a signature names a subgraph that is not there');
  const name = (tensor: number): string => subgraph.tensors[tensor]?.name ?? '';
  const inputName = (tensor: number): string => signature?.inputs.get(tensor) || name(tensor);
  const outputName = (tensor: number): string => signature?.outputs.get(tensor) || name(tensor);
  const find = (
    wanted: string,
    ports: readonly number[],
    portName: (tensor: number) => string,
  ): number => {
    const port = ports.find((tensor) => portName(tensor) === wanted);
    const tensor = port ?? subgraph.tensors.findIndex((item) => item.name === wanted);
    if (tensor >= 0) return tensor;
    throw new InputError(`${options.shown} has no tensor '${wanted}'`, {
      hint: `Its inputs are ${subgraph.inputs.map(inputName).join(', ')}; its outputs ${subgraph.outputs.map(outputName).join(', ')}.`,
    });
  };
  const cut = <T extends readonly string[]>(
    wanted: T | undefined,
    ports: readonly number[],
    portName: (tensor: number) => string,
  ): readonly number[] => wanted?.map((item) => find(item, ports, portName)) ?? ports;
  return {
    subgraph,
    inputs: cut(options.inputs, subgraph.inputs, inputName),
    outputs: cut(options.outputs, subgraph.outputs, outputName),
    inputName,
    outputName,
  };
}

/** The one asked for; without a wish the only one, as its names say more than those of tensors. */
function chooseSignature(
  { signatures }: TfliteModel,
  wanted: string | undefined,
): TfliteSignature | undefined {
  if (wanted === undefined) return signatures.length === 1 ? signatures[0] : undefined;
  const found = signatures.find(({ key }) => key === wanted);
  if (found) return found;
  const keys = signatures.map(({ key }) => key).join(', ');
  throw new InputError(`the file has no signature '${wanted}'`, {
    hint: keys === '' ? 'It has none: leave --signature away.' : `It has ${keys}.`,
  });
}
