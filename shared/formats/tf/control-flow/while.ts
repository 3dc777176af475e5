/** While: an RNN where its body is one, else ONNX Loop. */
import type { Shape } from '../../build/dims.ts';
import type { TfStructuralOp, TfStructuralOpTable } from '../op.ts';
import type { TfNode } from '../tf-graph.ts';
import { emitLoop } from './loop.ts';
import { fuseRnn } from './rnn/fuse-rnn.ts';
import { lookAtWhile } from './while-loop.ts';

const convertWhile: TfStructuralOp = (inputs, context) => {
  const loop = lookAtWhile(inputs, context);
  return fuseRnn(loop) ?? emitLoop(loop, declaredShapes(context.node));
};

/** The shapes that variables have in every step, as far as the file says it. */
function declaredShapes(node: TfNode): (Shape | null)[] {
  const shapes = node.attributes.get('output_shapes');
  if (shapes?.kind !== 'list') return [];
  return shapes.value.map((item) => (item.kind === 'shape' ? item.value : null));
}

export const WHILE: TfStructuralOpTable = { While: convertWhile, StatelessWhile: convertWhile };
