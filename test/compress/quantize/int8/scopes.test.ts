import { describe, expect, it } from 'vitest';
import {
  bodyScope,
  editScopes,
  keyOf,
  scopesOf,
} from '../../../../shared/compress/quantize/int8/scopes.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { printModel } from '../../../../shared/onnx/text.ts';
import { modelOf } from './_plan.ts';

const NESTED = modelOf(`g (bool flag, float[2] x) => (float[2] y, float[2] z) {
  y = If (flag) <
    then_branch = t () => (float[2] one) { one = Neg (x) },
    else_branch = e () => (float[2] two) {
      two = If (flag) <
        then_branch = tt () => (float[2] one) { one = Abs (x) },
        else_branch = ee () => (float[2] four) { four = Exp (x) }
      >
    }
  >
  z = Neg (y)
}`);

const nodesBy = (model: Model): Record<string, string[]> =>
  Object.fromEntries(
    scopesOf(model).map(({ key, graph }) => [key, [...graph.nodes()].map((node) => node.opType)]),
  );

describe('scopesOf', () => {
  it('names every graph by the way to it, outer before inner', () => {
    expect(Object.entries(nodesBy(NESTED))).toEqual([
      ['', ['If', 'Neg']],
      ['y.then_branch/', ['Neg']],
      ['y.else_branch/', ['If']],
      ['y.else_branch/two.then_branch/', ['Abs']],
      ['y.else_branch/two.else_branch/', ['Exp']],
    ]);
  });

  it('gives the control-flow nodes around a graph, outermost first', () => {
    const paths = scopesOf(NESTED).map(({ path }) => path.map(({ outputs }) => outputs[0]));
    expect(paths).toEqual([[], ['y'], ['y'], ['y', 'two'], ['y', 'two']]);
  });

  it('sees outer values from within', () => {
    const inner = scopesOf(NESTED).at(-1)?.graph;
    expect(inner?.constant('x')).toBeUndefined();
    const constant = modelOf(`g (bool flag) => (float[1] y) <float[1] w = {3}> {
      y = If (flag) <
        then_branch = t () => (float[1] one) { one = Neg (w) },
        else_branch = e () => (float[1] two) { two = Abs (w) }
      >
    }`);
    expect(scopesOf(constant).at(-1)?.graph.constant('w')?.name).toBe('w');
  });

  it('leaves the model alone, whatever is done to its editors', () => {
    const before = printModel(NESTED);
    for (const { graph } of scopesOf(NESTED))
      graph.insertBefore(null, makeNode('Neg', ['x'], ['n']));
    expect(printModel(NESTED)).toBe(before);
  });
});

describe('keyOf and bodyScope', () => {
  it('tells values of two branches apart', () => {
    expect(keyOf({ scope: '', name: 'x' })).toBe('x');
    expect(keyOf({ scope: 'y.then_branch/', name: 'one' })).toBe('y.then_branch/one');
  });

  it('counts the graphs of one attribute', () => {
    const node = makeNode('Op', [], ['y']);
    expect(bodyScope('a/', node, 'bodies', 0)).toBe('a/y.bodies/');
    expect(bodyScope('a/', node, 'bodies', 2)).toBe('a/y.bodies[2]/');
    expect(bodyScope('', makeNode('Op', [], []), 'body', 0)).toBe('.body/');
  });
});

describe('editScopes', () => {
  it('edits every graph once, bodies before the graph around them, by the same names', () => {
    const seen: string[] = [];
    const edited = editScopes(NESTED, (graph, scope) => {
      seen.push(scope);
      for (const node of graph.nodes())
        if (node.opType === 'Abs') graph.update(node, { opType: 'Sqrt' });
    });
    expect(seen.toSorted()).toEqual(
      scopesOf(NESTED)
        .map(({ key }) => key)
        .toSorted(),
    );
    expect(seen.at(-1)).toBe('');
    expect(seen.indexOf('y.else_branch/')).toBeGreaterThan(
      seen.indexOf('y.else_branch/two.else_branch/'),
    );
    expect(nodesBy(edited)['y.else_branch/two.then_branch/']).toEqual(['Sqrt']);
    expect(nodesBy(NESTED)['y.else_branch/two.then_branch/']).toEqual(['Abs']);
  });
});
