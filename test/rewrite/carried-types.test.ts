import { afterAll, expect, it } from 'vitest';
import { subgraphsOf } from '../../shared/onnx/graph-walk.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { carriedTypes, isComplete, usesSizes } from '../../shared/rewrite/carried-types.ts';
import { inferTypes } from '../../shared/runtime/infer-types.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);

it('tell types by name in graphs that came later, where the name says which value it is', async () => {
  const model = parseModel(`
    <ir_version: 8, opset_import: ["": 17]>
    g (bool flag, float[2,3] x) => (y)
    {
      z = Exp (x)
      y = If (flag) <
        then_branch = t () => (a) { own = Neg (z) twice = Abs (own) a = Relu (twice) },
        else_branch = e () => (b) { twice = Shape (z) b = Cast <to = 1> (twice) }
      >
    }
  `);
  const known = carriedTypes(model, await inferTypes(model));
  const [branch] = model.graph.nodes.flatMap(subgraphsOf);
  if (!branch) throw new Error('no body');
  const later = { ...branch.graph };
  const shapeOf = (graph: typeof later, name: string) => {
    const type = known.get(graph, name);
    return type?.kind === 'tensor' ? type.shape : undefined;
  };
  expect(shapeOf(branch.graph, 'twice')).toEqual([2, 3]);
  expect(shapeOf(later, 'own')).toEqual([2, 3]);
  expect(shapeOf(later, 'z')).toEqual([2, 3]);
  // Both branches have a value of this name.
  expect(shapeOf(later, 'twice')).toBeUndefined();
});

it('are complete where inference could tell no more', async () => {
  const complete = async (shape: string, nodes: string): Promise<boolean> => {
    const model = parseModel(
      `<ir_version: 8, opset_import: ["": 17]> g (float[${shape}] x) => (y) { ${nodes} }`,
    );
    return isComplete(model, carriedTypes(model, await inferTypes(model)));
  };
  expect(await complete('2,3', 'a = Exp (x) y = Neg (a)')).toBe(true);
  expect(await complete('batch,3', 'a = Exp (x) y = Neg (a)')).toBe(true);
  // How many there are, only a run tells.
  expect(await complete('batch,3', 'a = NonZero (x) y = Neg (a)')).toBe(false);
  const model = parseModel(
    '<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (y) { y = Neg (x) }',
  );
  expect(isComplete(model, { get: () => undefined })).toBe(false);
});

it('are complete with free dims too, in a model that computes with no sizes', () => {
  const read = (nodes: string) =>
    parseModel(`<ir_version: 8, opset_import: ["": 17]> g (float[batch,3] x) => (y) { ${nodes} }`);
  const model = read('a = NonZero (x) y = Cast <to = 1> (a)');
  const open = { kind: 'tensor', elementType: 'float32', shape: [2, null] } as const;
  expect(isComplete(model, { get: () => open })).toBe(false);
  expect(isComplete(model, { get: () => open }, true)).toBe(true);
  // Not even a rank.
  expect(isComplete(model, { get: () => ({ ...open, shape: null }) }, true)).toBe(false);
  expect(usesSizes(model)).toBe(false);
  expect(usesSizes(read('a = Shape (x) y = Cast <to = 1> (a)'))).toBe(true);
});
