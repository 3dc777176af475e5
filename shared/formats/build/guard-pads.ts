/**
 * Margins of zeros before a maximum. onnxruntime (1.30, when it optimizes) takes them for margins of the pool itself,
 * which holds nothing there: where all of a window is negative the result is then wrong. A Pad that names its axes is
 * left alone.
 */
import { stringOf } from '../../onnx/attributes.ts';
import { int64Tensor } from '../../onnx/make-tensor.ts';
import type { Graph, Node } from '../../onnx/model.ts';
import type { StoredTensor } from '../../onnx/stored-tensor.ts';
import { readRaw } from '../../onnx/tensor-data.ts';
import { hasTrait } from '../../ops/traits.ts';

/** The version from which a Pad can name its axes. */
export const PAD_AXES_OPSET = 18;

/** Only move elements, or take some of them. */
const MOVING = new Set(['Transpose', 'Reshape', 'Identity', 'Pad', 'MaxPool', 'AveragePool']);

/** How far back the proof goes. */
const MAX_DEPTH = 8;

/** The Pads of a graph that hold zeros and are read by a maximum. */
export function padsToGuard({ nodes, initializers }: Graph): Node[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  /** A margin of zeros is never a maximum of its own then. */
  const isNeverNegative = (name: string): boolean => {
    let node = makers.get(name);
    for (let depth = 0; node && depth < MAX_DEPTH; depth++) {
      if (hasTrait(node, 'never-negative')) return true;
      if (!MOVING.has(node.opType)) return false;
      node = makers.get(node.inputs[0] ?? '');
    }
    return false;
  };
  /** A Transpose between the two may be rewritten away, and so may other readers of the Pad. */
  const padBefore = (read: string): Node | undefined => {
    const maker = makers.get(read);
    if (maker?.opType === 'Transpose') return padBefore(maker.inputs[0] ?? '');
    return maker?.opType === 'Pad' && maker.inputs.length < 4 ? maker : undefined;
  };
  return nodes.flatMap(({ opType, inputs: [read = ''] }) => {
    const pad = opType === 'MaxPool' ? padBefore(read) : undefined;
    if (!pad) return [];
    if (stringOf(pad, 'mode', 'constant') !== 'constant') return [];
    const [x = '', amounts = '', fill = ''] = pad.inputs;
    if (!initializers.has(amounts) || isNeverNegative(x)) return [];
    return fill === '' || isZero(initializers.get(fill)) ? [pad] : [];
  });
}

/** The same graph, whose Pads of {@link padsToGuard} name all of their axes. */
export function withGuardedPads(graph: Graph): Graph {
  const pads = new Set(padsToGuard(graph));
  if (pads.size === 0) return graph;
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.map((node) => {
    if (!pads.has(node)) return node;
    const [x = '', amounts = '', fill = ''] = node.inputs;
    const rank = (initializers.get(amounts)?.dims[0] ?? 0) / 2;
    const name = `${node.outputs[0]}_axes`;
    initializers.set(
      name,
      int64Tensor(
        name,
        [rank],
        Array.from({ length: rank }, (_, axis) => axis),
      ),
    );
    return { ...node, inputs: [x, amounts, fill, name] };
  });
  return { ...graph, nodes, initializers };
}

/** A number that is computed may be zero, too, but then nobody folds it away. */
const isZero = (tensor: StoredTensor | undefined): boolean =>
  tensor !== undefined && readRaw(tensor).every((byte) => byte === 0);
