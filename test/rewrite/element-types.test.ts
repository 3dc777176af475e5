import { expect, it } from 'vitest';
import { subgraphsOf } from '../../shared/onnx/graph-walk.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { elementTypes } from '../../shared/rewrite/element-types.ts';

const model = parseModel(`
  <ir_version: 8, opset_import: ["": 17, "custom": 1]>
  main (float16[2] x, bool c) => (y)
  <int64[1] k = {1}>
  {
    doubled = Add (x, x)
    values, indices = TopK (doubled, k)
    wide = Cast <to = 11> (values)
    shape = Shape (wide)
    filled = ConstantOfShape (shape)
    ones = ConstantOfShape <value = int32[1] {1}> (shape)
    texts = Constant <value_strings = ["a"]> ()
    odd = custom.Odd (x)
    chosen = If (c) <
      then_branch = t () => (a) { a = Neg (wide) },
      else_branch = e () => (b) { b = Abs (wide) }
    >
    y = Mul (chosen, chosen)
  }
`);

it('follow from signatures, attributes and bodies', () => {
  const typeOf = elementTypes(model);
  const names = 'x doubled values indices wide shape filled ones texts odd chosen y'.split(' ');
  expect(names.map((name) => `${name}:${typeOf(model.graph, name)}`).join(' ')).toBe(
    'x:float16 doubled:float16 values:float16 indices:int64 wide:float64 shape:int64 filled:float32 ones:int32 texts:string odd:undefined chosen:float64 y:float64',
  );
});

it('are seen from inside bodies', () => {
  const branch = model.graph.nodes.flatMap(subgraphsOf)[0]?.graph;
  if (!branch) throw new Error('no body');
  const typeOf = elementTypes(model);
  expect(typeOf(branch, 'a')).toBe('float64');
  expect(typeOf(branch, 'x')).toBe('float16');
});
