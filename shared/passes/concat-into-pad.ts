/**
 * Concats with a block of one number (BlazeFace's residuals grow by zeros) become Pads: the block need
 * be neither stored nor made.
 *
 * onnxruntime 1.30 on AVX2, one thread, four sizes of BlazeFace: Pad takes 1.00–1.02 of the time of
 * Concat, and the nodes that make the blocks are gone. For int8, which has a Concat but no Pad, see
 * `pad-into-concat.ts`.
 */
import { floatAttribute, makeNode } from '../onnx/make-node.ts';
import { float32Tensor, int64Tensor } from '../onnx/make-tensor.ts';
import type { Node } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { elementCount } from '../onnx/tensor-data.ts';
import { doubleValues } from '../rewrite/constants.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';
import { concatAxis } from './shared/concat-axis.ts';
import { AMOUNTS_AS_INPUTS } from './shared/pad.ts';

/** Not written as a rule: patterns have a fixed number of inputs. */
export const concatIntoPad: Pass = {
  name: 'concat-into-pad',
  identity: 'Concat(x, c, c, …) = Pad(x; 0, n; c)',
  needsTypes: true,
  run: (work) =>
    work.editGraphs((graph) => {
      for (const node of graph.editor.nodes()) {
        const pad = padFor(node, graph);
        if (pad) graph.editor.replace(node, pad);
      }
    }),
};

function padFor(node: Node, graph: GraphContext): Node | undefined {
  const axis = concatAxis(node, graph);
  const rank = graph.shapeOf(node.outputs[0] ?? '')?.length;
  if (axis === undefined || rank === undefined) return undefined;
  const blocks = node.inputs.map((input) => blockOf(input, axis, graph));
  const rest = node.inputs.filter((_, place) => !blocks[place]);
  const fills = new Set(blocks.flatMap((block) => (block ? [block.value] : [])));
  const [x] = rest;
  const [value] = fills;
  if (x === undefined || rest.length !== 1 || fills.size !== 1 || value === undefined)
    return undefined;
  const middle = node.inputs.indexOf(x);
  const length = (from: number, to: number): number =>
    blocks.slice(from, to).reduce((sum, block) => sum + (block?.size ?? 0), 0);
  const pads = new Array<number>(2 * rank).fill(0);
  pads[axis] = length(0, middle);
  pads[rank + axis] = length(middle + 1, blocks.length);
  return makePad(node, x, pads, value, graph);
}

function makePad(
  { outputs, name }: Node,
  x: string,
  pads: readonly number[],
  value: number,
  { editor, opset }: GraphContext,
): Node {
  if (opset < AMOUNTS_AS_INPUTS)
    return makeNode('Pad', [x], outputs, { pads, value: floatAttribute(value) }, name);
  const hint = outputs[0] ?? '';
  const amounts = int64Tensor(editor.freshName(`${hint}_pads`), [pads.length], pads);
  const inputs = [x, editor.addInitializer(amounts)];
  if (value !== 0)
    inputs.push(
      editor.addInitializer(float32Tensor(editor.freshName(`${hint}_fill`), [], [value])),
    );
  return makeNode('Pad', inputs, outputs, {}, name);
}

/** A float32 value whose elements are all one number, of known size along the axis. */
function blockOf(
  value: string,
  axis: number,
  graph: GraphContext,
): { readonly size: number; readonly value: number } | undefined {
  const size = graph.dims.dim(value, axis);
  if (typeof size !== 'number' || graph.elementTypeOf(value) !== 'float32') return undefined;
  const fill = fillOf(value, graph);
  return fill === undefined ? undefined : { size, value: fill };
}

function fillOf(value: string, graph: GraphContext): number | undefined {
  const tensor = graph.constant(value);
  if (tensor) return onlyElement(tensor);
  const definition = graph.editor.resolve(value);
  if (definition?.kind !== 'node' || definition.node.opType !== 'ConstantOfShape') return undefined;
  if (definition.node.domain !== '') return undefined;
  const attribute = definition.node.attributes.get('value');
  return attribute?.type === 'tensor' ? onlyElement(attribute.value) : 0;
}

/** Elements up to which a constant is looked through: larger ones are weights. */
const MAX_ELEMENTS = 1 << 20;

function onlyElement(tensor: StoredTensor): number | undefined {
  const count = elementCount(tensor);
  if (count === 0 || count > MAX_ELEMENTS) return undefined;
  const values = doubleValues(tensor);
  const first = values?.[0];
  // Minus zero is another number to whoever divides by it.
  return values && Array.from(values).every((element) => Object.is(element, first))
    ? first
    : undefined;
}
