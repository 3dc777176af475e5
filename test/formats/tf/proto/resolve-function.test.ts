import { describe, expect, it } from 'vitest';
import { resolveFunction } from '../../../../shared/formats/tf/proto/resolve-function.ts';
import { type FunctionText, node, rawGraph } from './_wire.ts';

function resolve(functions: Readonly<Record<string, FunctionText>>) {
  const library = rawGraph([], functions).functions;
  return resolveFunction(library.get('f'), library);
}

describe('resolveFunction', () => {
  it('numbers outputs and leaves out what its results do not need', () => {
    const made = resolve({
      f: {
        parameters: ['x', 'k'],
        results: { places: 'top:indices:0', same: 'x', sum: 'add:z:0' },
        nodes: [
          node('add = AddV2(top:values:0, x, ^check)'),
          node('top = TopKV2(x, k)'),
          node('check = Assert(x)'),
        ],
      },
    });
    expect(made.parameters).toEqual(['x', 'k']);
    expect(made.results).toEqual(['top:1', 'x', 'add']);
    expect(made.nodes.map(({ name, op, inputs }) => [name, op, ...inputs])).toEqual([
      ['x', '_Arg'],
      ['k', '_Arg'],
      ['add', 'AddV2', 'top', 'x'],
      ['top', 'TopKV2', 'x', 'k'],
    ]);
  });

  it('numbers outputs of functions that are ops by their names', () => {
    const made = resolve({
      f: { parameters: ['x'], results: { r: 'call:second:0' }, nodes: [node('call = g(x)')] },
      g: { parameters: ['x'], results: { first: 'x', second: 'x' }, nodes: [] },
    });
    expect(made.results).toEqual(['call:1']);
  });

  it.each([
    ['a node', { r: 'gone:z:0' }],
    ['a result', { r: '' }],
  ])('refuses %s that is not there', (_, results) => {
    expect(() => resolve({ f: { parameters: [], results, nodes: [] } })).toThrow(
      "the function 'f' reads",
    );
  });

  it('ends where nodes wait for each other', () => {
    const nodes = [node('a = Neg(b:y:0)'), node('b = Neg(a:y:0)')];
    const made = resolve({ f: { parameters: [], results: { r: 'a:y:0' }, nodes } });
    expect(made.nodes).toHaveLength(2);
  });
});
