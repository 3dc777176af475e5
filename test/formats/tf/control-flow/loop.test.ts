import { describe, expect, it } from 'vitest';
import { caseNamed, errorOf, modelOf, opsOf } from './_cases.ts';
import { constant, fn, graph, named, node } from './_graph.ts';

/** Sums of a few float32 numbers of order 1 to 100, in TensorFlow's own order. */
const TOLERANCE = 1e-5;

const CASES: readonly [name: string, ops: Record<string, number>][] = [
  ['while power', { Loop: 1 }],
  ['while until large', { Loop: 1 }],
  ['while nested', { Loop: 2 }],
  ['while growing', { Loop: 1 }],
  ['while collect', { Loop: 1 }],
  ['while early stop', { Loop: 1 }],
  ['while fibonacci', { Loop: 1, ScatterND: 1 }],
  ['while pushes', { Loop: 1 }],
  ['while swap', { Loop: 1 }],
  ['while conditional write', { Loop: 1, If: 1 }],
  ['map_fn', { Loop: 1 }],
  ['scan', { Loop: 1 }],
  ['foldl', { Loop: 1 }],
  ['scan of two', { Loop: 1 }],
  ['map_fn of several types', { Loop: 1 }],
  ['while in while lists', { Loop: 2 }],
  ['python break and continue', { Loop: 1 }],
  ['python greedy decoder', { Loop: 1 }],
];

describe('loops', () => {
  it.each(CASES)('%s computes what TensorFlow computes', async (name, ops) => {
    const example = caseNamed(name);
    const model = modelOf(example.graph);
    expect(opsOf(model)).toMatchObject(ops);
    expect(await errorOf(model, example)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('collect what is written once a step, and carry what is read', () => {
    expect(opsOf(modelOf(caseNamed('while collect').graph))).not.toHaveProperty('ScatterND');
    expect(opsOf(modelOf(caseNamed('map_fn').graph))).not.toHaveProperty('ScatterND');
  });

  it('carry neither counters nor what stays the same', () => {
    const loop = modelOf(caseNamed('while power').graph).graph.nodes.find(
      ({ opType }) => opType === 'Loop',
    );
    // The number of steps, the condition, and y: neither i nor n nor x.
    expect(loop?.inputs).toHaveLength(3);
  });

  it('keep what their bodies need out of the body, where it is constant', () => {
    const model = modelOf(caseNamed('while until large').graph);
    const loop = model.graph.nodes.find(({ opType }) => opType === 'Loop');
    const body = loop?.attributes.get('body');
    expect(body?.type === 'graph' && body.value.initializers.size).toBe(0);
    expect(model.graph.initializers.size).toBeGreaterThan(0);
  });

  it('are left out when they take no step', () => {
    const never = fn('never', ['y'], [constant('no', [0], 'bool')], ['no']);
    const body = fn('body', ['y'], [node('more', 'Relu', ['y'])], ['more']);
    const loop = node('loop', 'While', ['x'], { cond: named('never'), body: named('body') });
    const model = modelOf(graph([loop], ['loop'], [never, body]));
    expect(opsOf(model)).toEqual({ Identity: 1 });
  });

  it('say what is wrong inside of them once', () => {
    const less = fn('less', ['y'], [constant('yes', [1], 'bool')], ['yes']);
    const body = fn('body', ['y'], [node('odd', 'Bincount', ['y'])], ['odd']);
    const loop = node('loop', 'While', ['x'], { cond: named('less'), body: named('body') });
    expect(() => modelOf(graph([loop], ['loop'], [less, body]))).toThrow(/Bincount \(1×: "odd"\)/);
  });
});
