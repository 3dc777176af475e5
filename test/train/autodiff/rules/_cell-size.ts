/** How large the graph of a cell gets, for tests. */
import { TakenNames } from '../../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../../shared/onnx/text/parse-model.ts';
import { Backward } from '../../../../shared/train/autodiff/backward.ts';
import type { Cell } from '../../../../shared/train/autodiff/rules/recurrent-cell.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[1] x) => (float[1] y) { y = Relu (x) }`);

/** Nodes and shape of the gradient by what the input gives, of a cell of two samples and three units. */
export function cellSize(
  cell: Cell,
  gates: number,
  steps: number,
): { readonly nodes: number; readonly shape: readonly number[] } {
  const width = 3 * gates;
  const shapes = {
    pre: [steps, 2, width],
    before: [steps, 2, 3],
    recurrent: [width, 3],
    bias: [width],
    state: [2, 3],
  };
  const back = new Backward(new Map(Object.entries(shapes)), new TakenNames(graph));
  const activation = { name: 'Tanh', alpha: 0, beta: 0 };
  const { ofInput } = cell({
    back,
    activations: [activation, activation, activation],
    fromInput: 'pre',
    before: 'before',
    recurrent: 'recurrent',
    recurrentBias: 'bias',
    peepholes: undefined,
    carry: 'state',
    ofOutputs: 'before',
    ofState: 'state',
    ofCarry: 'state',
    mask: undefined,
  });
  return { nodes: back.nodes.length, shape: back.shapeOf(ofInput) };
}
