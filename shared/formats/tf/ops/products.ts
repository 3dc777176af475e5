/** Products of matrices and vectors. */
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { einsum } from '../../build/einsum.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { gather } from '../../build/join.ts';
import { matmul } from '../../build/matmul.ts';
import type { Value } from '../../build/value.ts';
import { boolAttribute, stringAttribute, typeAttribute } from '../attributes.ts';
import { many, type TfOp, type TfOpTable, two } from '../op.ts';

/** Of real matrices the adjoint is the transpose. */
const batched: TfOp = two((b, x, y, node) => {
  const type = node.attributes.has('Tout') ? typeAttribute(node, 'Tout') : x.type;
  return matmul(b, cast(b, x, type), cast(b, y, type), {
    transposeLeft: boolAttribute(node, 'adj_x'),
    transposeRight: boolAttribute(node, 'adj_y'),
  });
});

/** Of vectors of three numbers along the last axis. */
function cross(b: Builder, x: Value, y: Value): Value {
  const turned = (value: Value, order: readonly number[]): Value =>
    gather(b, value, b.numbers(order, 'int64'), -1);
  const product = (left: readonly number[], right: readonly number[]): Value =>
    arithmetic(b, 'Mul', turned(x, left), turned(y, right));
  return arithmetic(b, 'Sub', product([1, 2, 0], [2, 0, 1]), product([2, 0, 1], [1, 2, 0]));
}

export const PRODUCTS: TfOpTable = {
  MatMul: two((b, x, y, node) =>
    matmul(b, x, y, {
      transposeLeft: boolAttribute(node, 'transpose_a'),
      transposeRight: boolAttribute(node, 'transpose_b'),
    }),
  ),
  BatchMatMul: batched,
  BatchMatMulV2: batched,
  BatchMatMulV3: batched,
  Einsum: many((b, inputs, node) => einsum(b, stringAttribute(node, 'equation', ''), inputs)),
  Cross: two(cross),
};
