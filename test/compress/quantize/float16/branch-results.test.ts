import { describe, expect, it } from 'vitest';
import {
  halfBodyResults,
  withBranchResults,
} from '../../../../shared/compress/quantize/float16/branch-results.ts';
import type { PlannedHalf } from '../../../../shared/compress/quantize/float16/float16-plan.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Graph, Node } from '../../../../shared/onnx/model.ts';
import { body, graph, node } from '../../../onnx/_build.ts';
import { modelOf } from '../_numeric.ts';

const half = (scope: string, name: string): PlannedHalf => ({
  scope,
  name,
  op: 'Relu',
  node: '',
  inputs: [0],
  outputs: [0],
});
const branch = (...results: string[]): Graph =>
  graph(
    results.map((name) => node('Relu', ['x'], [name])),
    [],
    results,
  );
const choose = (outputs: string[], then: Graph, otherwise: Graph): Node =>
  node('If', ['c'], outputs, [body('then_branch', then), body('else_branch', otherwise)]);

describe('withBranchResults', () => {
  it('adds results that every branch gives as float16', () => {
    const model = modelOf([choose(['p', 'q'], branch('a', 'b'), branch('a', 'b'))], [], [], []);
    const planned = [
      half('p.then_branch/', 'a'),
      half('p.else_branch/', 'a'),
      half('p.then_branch/', 'b'),
    ];
    expect(withBranchResults(model, planned).slice(planned.length)).toEqual([
      { scope: '', name: 'p', op: 'If', node: '', inputs: [], outputs: [0] },
    ]);
  });

  it('goes from the inside out', () => {
    const inner = graph([choose(['r'], branch('a'), branch('a'))], [], ['r']);
    const model = modelOf([choose(['p'], inner, branch('r'))], [], [], []);
    const planned = [
      half('p.then_branch/r.then_branch/', 'a'),
      half('p.then_branch/r.else_branch/', 'a'),
      half('p.else_branch/', 'r'),
    ];
    expect(
      withBranchResults(model, planned)
        .slice(planned.length)
        .map(({ scope, name }) => scope + name),
    ).toEqual(['p.then_branch/r', 'p']);
  });

  it('leaves an If alone whose branch hands on something else', () => {
    const model = modelOf([choose(['p'], branch('a'), graph([], ['a'], ['a']))], [], [], []);
    expect(withBranchResults(model, [half('p.then_branch/', 'a')])).toHaveLength(1);
    expect(withBranchResults(modelOf([makeNode('Relu', ['x'], ['y'])], [], [], []), [])).toEqual(
      [],
    );
  });
});

it('names results of a body by the position of the node', () => {
  expect(halfBodyResults(branch('a', 'b'), { ...half('', 'p'), outputs: [1] })).toEqual(
    new Set(['b']),
  );
  expect(halfBodyResults(branch('a'), undefined)).toEqual(new Set());
});
