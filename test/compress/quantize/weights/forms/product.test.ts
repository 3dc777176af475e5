import { expect, it } from 'vitest';
import { findWeightUses } from '../../../../../shared/compress/quantize/weights/find-weight-uses.ts';
import { SharedWeights } from '../../../../../shared/compress/quantize/weights/forms/form.ts';
import { replaceProduct } from '../../../../../shared/compress/quantize/weights/forms/product.ts';
import { GraphEditor } from '../../../../../shared/onnx/graph-editor.ts';
import { makeNode } from '../../../../../shared/onnx/make-node.ts';
import { ops } from '../../../../onnx/_build.ts';
import { float32, modelOf, weight } from '../../_numeric.ts';
import { planOf } from '../_plan.ts';

function replaced(op: string, inputs: string[]): string[] {
  const node = makeNode(op, inputs, ['y'], {}, 'n');
  const model = modelOf(
    [node],
    [float32('x', [2, 64])],
    [float32('y', [2, 64])],
    [weight('w', [64, 64]), weight('b', [64])],
  );
  const [use] = findWeightUses(model).uses;
  const [planned] = planOf([{ name: 'y', form: 'dynamic' }]).nodes;
  if (!use || !planned) throw new Error('no use');
  const graph = new GraphEditor(model.graph, { irVersion: 8 });
  replaceProduct(
    { graph, node, use, planned, weights: new SharedWeights(), activations: new Map() },
    (input, output, name) => [makeNode('Product', [input], [output], {}, name)],
  );
  return ops(graph.build());
}

it('adds the bias of a Gemm, and only then', () => {
  expect(replaced('MatMul', ['x', 'w'])).toEqual(['Product(x)→y']);
  expect(replaced('Gemm', ['x', 'w'])).toEqual(['Product(x)→y']);
  expect(replaced('Gemm', ['x', 'w', 'b'])).toEqual(['Product(x)→y_product', 'Add(y_product,b)→y']);
});
