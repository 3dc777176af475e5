import { describe, expect, it } from 'vitest';
import { caseNamed, errorOf, modelOf, opsOf } from './_cases.ts';
import { constant, fn, graph, named, node } from './_graph.ts';

const yes = fn('yes', ['y'], [node('r', 'Relu', ['y'])], ['r']);
const no = fn('no', ['y'], [node('n', 'Neg', ['y'])], ['n']);
const branches = { then_branch: named('yes'), else_branch: named('no') };

describe('branches', () => {
  it.each([
    ['cond', 1],
    ['cond shapes', 1],
    ['cond nested', 2],
    ['switch case', 2],
    ['loop in cond', 1],
  ])('%s computes what TensorFlow computes', async (name, count) => {
    const example = caseNamed(name);
    const model = modelOf(example.graph);
    expect(opsOf(model).If).toBe(count);
    expect(await errorOf(model, example)).toBeLessThanOrEqual(1e-5);
  });

  it.each([
    [1, 'Relu'],
    [0, 'Neg'],
  ])('of a constant %d are written where they are', (value, op) => {
    const test = constant('test', [value], 'bool');
    const nodes = [test, node('if', 'StatelessIf', ['test', 'x'], branches)];
    expect(opsOf(modelOf(graph(nodes, ['if'], [yes, no])))).toEqual({ [op]: 1, Identity: 1 });
  });

  it('of a constant Case: the one of its number, the last one for any other', () => {
    const list = { kind: 'list', value: [named('yes'), named('no')] } as const;
    const opsFor = (index: number) => {
      const nodes = [
        constant('index', [index]),
        node('case', 'Case', ['index', 'x'], { branches: list }),
      ];
      return opsOf(modelOf(graph(nodes, ['case'], [yes, no])));
    };
    expect(opsFor(0)).toHaveProperty('Relu');
    expect(opsFor(1)).toHaveProperty('Neg');
    expect(opsFor(-1)).toHaveProperty('Neg');
  });

  it('that hand on the same value need no If', () => {
    const same = (name: string) => fn(name, ['y'], [], ['y']);
    const test = node('test', 'Any', ['flags', 'axes']);
    const flags = node('flags', 'Greater', ['x', 'zero']);
    const nodes = [
      constant('zero', [0], 'float32'),
      constant('axes', [0, 1], 'int32', [2]),
      flags,
      test,
      node('if', 'If', ['test', 'x'], branches),
    ];
    const model = modelOf(graph(nodes, ['if'], [same('yes'), same('no')]));
    expect(opsOf(model)).not.toHaveProperty('If');
  });

  it('without a function are refused', () => {
    const nodes = [
      constant('test', [1], 'bool'),
      node('if', 'If', ['test', 'x'], { then_branch: named('yes') }),
    ];
    expect(() => modelOf(graph(nodes, ['if'], [yes]))).toThrow(/it has no function else_branch/);
  });
});
