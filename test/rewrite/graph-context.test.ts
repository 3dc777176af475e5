import { expect, it } from 'vitest';
import { GraphEditor } from '../../shared/onnx/graph-editor.ts';
import type { ValueType } from '../../shared/onnx/model.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { GraphContext } from '../../shared/rewrite/graph-context.ts';
import { Refusal } from '../../shared/rewrite/refusal.ts';

const { graph, irVersion } = parseModel(`
  <ir_version: 8, opset_import: ["": 17, "com.microsoft": 1]>
  g (float[N,3] x, seq(float[2]) list) => (float[4] y) <float16[2] w = {1, 2}, float[N,3] a, float[?] b> {
    a = Neg (x) b = Abs (a) y = Exp (b)
  }`);

const tensor = (elementType: 'float32' | 'int8', shape: (number | string)[]): ValueType => ({
  kind: 'tensor',
  elementType,
  shape,
});

function contextWith(types: Record<string, ValueType> = {}, opsets = new Map([['', 17]])) {
  const refusals: Refusal[] = [];
  return {
    refusals,
    context: new GraphContext({
      editor: new GraphEditor(graph, { irVersion }),
      original: graph,
      opsets,
      types: { get: (of, value) => (of === graph ? types[value] : undefined) },
      refuse: (refusal) => refusals.push(refusal),
    }),
  };
}

it('knows types by what was learnt, then inferred, then declared', () => {
  const { context } = contextWith({ a: tensor('float32', [5, 3]) });
  expect(context.shapeOf('x')).toEqual(['N', 3]);
  expect(context.shapeOf('y')).toEqual([4]);
  expect(context.shapeOf('a')).toEqual([5, 3]);
  context.learn('a', tensor('int8', [7]));
  context.learn('a', undefined);
  expect(context.elementTypeOf('a')).toBe('int8');
  expect(context.shapeOf('nobody')).toBeUndefined();
});

it('gives static shapes only when every size is a number', () => {
  const { context } = contextWith({ a: tensor('float32', [5, 3]) });
  expect(context.staticShapeOf('a')).toEqual([5, 3]);
  expect(context.staticShapeOf('x')).toBeUndefined();
  expect(context.staticShapeOf('list')).toBeUndefined();
  expect(context.elementTypeOf('list')).toBeUndefined();
});

it('knows constants, and that an absent input is none', () => {
  const { context } = contextWith();
  expect(context.constant('w')?.dims).toEqual([2]);
  expect(context.elementTypeOf('w')).toBe('float16');
  expect(context.constant('x')).toBeUndefined();
  expect(context.constant('')).toBeUndefined();
});

it('hands refusals on, and tells the opset', () => {
  const { context, refusals } = contextWith();
  context.refuse(new Refusal('why not'));
  expect(refusals).toEqual([new Refusal('why not')]);
  expect(context.opset).toBe(17);
  expect(contextWith({}, new Map()).context.opset).toBe(0);
});
