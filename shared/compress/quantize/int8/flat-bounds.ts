/**
 * Where a value stops to matter: beyond such a bound all its readers give the same. A range that ends
 * there loses nothing, and all codes go to what matters (hard-swish reads everything below −3 as 0).
 */
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Node } from '../../../onnx/model.ts';
import { elementCount, floatValues } from '../../../onnx/tensor-data.ts';
import { clampOf } from './node-groups.ts';
import type { Range } from './numbers/range.ts';
import { floatAttribute } from './weighted-nodes.ts';

const ALL: Range = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/** The bounds beyond which no reader of the value in this graph tells it from the bound. */
export function flatBounds(graph: GraphEditor, value: string): Range {
  if (graph.isOutput(value)) return ALL;
  const uses = graph.uses(value);
  const readers = [...new Set(uses.map(({ node }) => node))];
  if (uses.length === 0 || uses.some(({ index }) => index === null)) return ALL;
  const all = readers.map((reader) => boundsOf(graph, reader, value, readers));
  return {
    min: Math.min(...all.map(({ min }) => min)),
    max: Math.max(...all.map(({ max }) => max)),
  };
}

function boundsOf(
  graph: GraphEditor,
  reader: Node,
  value: string,
  readers: readonly Node[],
): Range {
  if (reader.domain !== '') return ALL;
  switch (reader.opType) {
    case 'Relu':
    case 'Clip':
      return reader.inputs[0] === value ? (clampOf(graph, reader) ?? ALL) : ALL;
    case 'HardSwish':
      return { min: -3, max: Number.POSITIVE_INFINITY };
    case 'HardSigmoid':
      return hardSigmoidBounds(reader);
    case 'Mul':
      return gateBounds(graph, reader, value, readers);
    case 'Add':
      return shiftedClip(graph, reader, value) ?? ALL;
    default:
      return ALL;
  }
}

function hardSigmoidBounds(node: Node): Range {
  const alpha = floatAttribute(node, 'alpha', 0.2);
  const beta = floatAttribute(node, 'beta', 0.5);
  return alpha > 0 ? { min: -beta / alpha, max: (1 - beta) / alpha } : ALL;
}

/** value · gate(value), where the gate is 0 below a bound: so is the product. */
function gateBounds(
  graph: GraphEditor,
  product: Node,
  value: string,
  readers: readonly Node[],
): Range {
  const [left, right] = product.inputs;
  const gate = left === value ? right : left;
  if (gate === undefined || gate === value) return ALL;
  for (const reader of readers) {
    const bounds = reader.opType === 'HardSigmoid' ? hardSigmoidBounds(reader) : undefined;
    if (bounds && reader.outputs[0] === gate) return { ...ALL, min: bounds.min };
    if (reader.opType !== 'Add') continue;
    const shifted = shiftedClip(graph, reader, value);
    if (shifted?.lowest === 0 && leadsTo(graph, shifted.output, gate))
      return { ...ALL, min: shifted.min };
  }
  return ALL;
}

/** Clip(value + constant), read by nothing else in between: the bounds in terms of the value. */
function shiftedClip(
  graph: GraphEditor,
  add: Node,
  value: string,
): (Range & { readonly lowest: number; readonly output: string }) | undefined {
  const sum = add.outputs[0] ?? '';
  const clip = graph.onlyConsumer(sum);
  const clamp = clip && clip.inputs[0] === sum ? clampOf(graph, clip) : undefined;
  const other = add.inputs[0] === value ? add.inputs[1] : add.inputs[0];
  const tensor = graph.constant(other ?? '');
  if (!clip || !clamp || tensor?.type !== 'float32' || elementCount(tensor) !== 1) return undefined;
  const shift = floatValues(tensor)[0] ?? 0;
  return {
    min: clamp.min - shift,
    max: clamp.max - shift,
    lowest: clamp.min,
    output: clip.outputs[0] ?? '',
  };
}

/** The same value, or it times or divided by a constant: 0 stays 0. */
function leadsTo(graph: GraphEditor, from: string, to: string): boolean {
  if (from === to) return true;
  return graph
    .consumers(from)
    .some(
      (node) =>
        (node.opType === 'Mul' || node.opType === 'Div') &&
        node.outputs[0] === to &&
        node.inputs.every(
          (input, index) =>
            (input === from && (index === 0 || node.opType === 'Mul')) ||
            graph.constant(input) !== undefined,
        ),
    );
}
