import { describe, expect, it } from 'vitest';
import { lowerFrames } from '../../../../../shared/formats/tf/control-flow/frames/lower-frames.ts';
import type { TfNode } from '../../../../../shared/formats/tf/tf-graph.ts';
import { caseNamed, errorOf, modelOf, opsOf } from '../_cases.ts';
import { constant, fn, graph, named, node } from '../_graph.ts';
import { loopNodes } from './_loop.ts';

const CASES: readonly [string, Record<string, number>][] = [
  ['v1 while power', { Loop: 1 }],
  ['v1 while until large', { Loop: 1 }],
  ['v1 while nested', { Loop: 2 }],
  ['v1 cond', { If: 1 }],
  ['v1 cond nested', { If: 2 }],
  ['v1 cond one constant', { If: 1 }],
  ['v1 cond in loop', { Loop: 1, If: 1 }],
  ['v1 loop in cond', { Loop: 1, If: 1 }],
];

describe('control flow of TensorFlow 1', () => {
  it.each(CASES)('%s computes what TensorFlow computes', async (name, ops) => {
    const example = caseNamed(name);
    const model = modelOf(example.graph);
    expect(opsOf(model)).toMatchObject(ops);
    expect(await errorOf(model, example)).toBeLessThanOrEqual(1e-5);
  });

  it('is left alone where there is none', () => {
    const plain = graph([node('r', 'Relu', ['x'])], ['r']);
    expect(lowerFrames(plain)).toBe(plain);
  });

  it('becomes functions, in functions too', () => {
    const inside = loopNodes();
    const target = fn('target', ['x'], inside, ['exit']);
    const call = node('call', 'PartitionedCall', ['x'], { f: named('target') });
    const lowered = lowerFrames(graph([call], ['call'], [target]));
    expect([...lowered.functions.keys()]).toEqual(['target', 'f/while/cond', 'f/while/body']);
    expect(opsOf(modelOf(graph([call], ['call'], [target])))).toHaveProperty('Loop');
  });

  it('of reference variables is the same', () => {
    const ref = ({ op, ...rest }: TfNode): TfNode =>
      /^(Enter|Exit|Merge|Switch|NextIteration)$/.test(op)
        ? { ...rest, op: `Ref${op}` }
        : { ...rest, op };
    expect(opsOf(modelOf(graph(loopNodes().map(ref), ['exit'])))).toHaveProperty('Loop');
  });

  it.each<[string, TfNode[], string, RegExp]>([
    [
      'a loop without a condition',
      loopNodes({ decide: node('decide', 'Identity', ['less']) }),
      'exit',
      /cycle|outside of any loop|Merge|Exit/,
    ],
    [
      'an Exit of no loop',
      [node('exit', 'Exit', ['x'])],
      'exit',
      /Exit .*outside of any loop or branch/,
    ],
    [
      'a loop that leaves itself from within',
      loopNodes({ double: node('double', 'AddV2', ['switch:1', 'exit']) }),
      'exit',
      /do not lie in each other/,
    ],
    [
      'a Merge of constants',
      [constant('a', [1]), constant('c', [2]), node('m', 'Merge', ['a', 'c'])],
      'm',
      /do not say when each is taken/,
    ],
    ['a Merge of itself', [node('m', 'Merge', ['m', 'm'])], 'm', /do not lie in each other/],
  ])('refuses %s', (_, nodes, output, message) => {
    expect(() => modelOf(graph(nodes, [output]))).toThrow(message);
  });

  it('that is deep is lowered without recursion', () => {
    const nodes: TfNode[] = [constant('test', [1], 'bool')];
    let last = 'x';
    for (let level = 0; level < 3000; level++) {
      nodes.push(
        node(`s${level}`, 'Switch', [last, 'test']),
        node(`m${level}`, 'Merge', [`s${level}`, `s${level}:1`]),
      );
      last = `m${level}`;
    }
    expect(opsOf(modelOf(graph(nodes, [last])))).toEqual({ Identity: 1 });
  });
});
