import { expect, it } from 'vitest';
import { makeNode } from '../../shared/onnx/make-node.ts';
import { parseModel, printModel } from '../../shared/onnx/text.ts';
import { rulePass, runtimeOptions } from '../../shared/rewrite/pass.ts';
import { any, op } from '../../shared/rewrite/pattern.ts';
import { rule } from '../../shared/rewrite/rule.ts';
import { runPasses } from '../../shared/rewrite/run-passes.ts';

const toAbs = rule({
  name: 'to-abs',
  identity: '',
  pattern: op('Neg', [any('x')]),
  check: () => true,
  rewrite: ({ root }, _, { editor }) =>
    editor.replace(root, makeNode('Abs', root.inputs, root.outputs)),
});

it('applies rules to every graph, bodies included', async () => {
  const text = (name: string) => `<ir_version: 8, opset_import: ["": 17]>
    g (bool c, float x) => (z) {
      y = If (c) < then_branch = t () => (a) { a = ${name} (x) }, else_branch = e () => (b) { b = Exp (x) } >
      z = ${name} (y)
    }`;
  const pass = rulePass('abs', 'no identity', [toAbs], { needsTypes: false });
  const { model, report } = await runPasses(parseModel(text('Neg')), [pass]);
  expect(printModel(model)).toBe(printModel(parseModel(text('Abs'))));
  expect(report).toMatchObject([{ name: 'abs', changes: { nodesAdded: 2, nodesRemoved: 2 } }]);
});

it('hands the runtime what it takes, and no absent option', () => {
  const { signal } = new AbortController();
  expect(runtimeOptions({ signal, timeoutMs: 5, inspect: () => {} })).toEqual({
    signal,
    timeoutMs: 5,
  });
  expect(Object.keys(runtimeOptions({}))).toEqual([]);
});
