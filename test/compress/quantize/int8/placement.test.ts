import { describe, expect, it } from 'vitest';
import type { Hardware } from '../../../../shared/base/hardware.ts';
import { INT8_POLICIES } from '../../../../shared/compress/quantize/int8/int8-policy.ts';
import {
  ELEMENTWISE_GROUPS,
  type ElementwiseGroup,
} from '../../../../shared/compress/quantize/int8/node-groups.ts';
import { placeQdq } from '../../../../shared/compress/quantize/int8/placement.ts';
import { scopesOf } from '../../../../shared/compress/quantize/int8/scopes.ts';
import { findWeightedNodes } from '../../../../shared/compress/quantize/int8/weighted-nodes.ts';
import { modelOf } from './_plan.ts';

const ALL = Object.keys(ELEMENTWISE_GROUPS) as ElementwiseGroup[];

interface Options {
  readonly hardware?: Hardware;
  readonly groups?: readonly ElementwiseGroup[];
  readonly opset?: number;
  /** Weighted nodes that stay in float. */
  readonly keep?: readonly string[];
}

/** Sites as `name`, `name?` where others read the float value, `name=source` for a shared scale. */
function place(body: string, options: Options = {}) {
  const { hardware = 'x64', groups = ALL, opset = 17, keep = [] } = options;
  const model = modelOf(`g (float[1,2,4,4] x) => (float[1,2,4,4] y)
    <float[2,2,1,1] w = {1,-0.5,0.25,0.125}, float[4,4] m = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16},
     float[1,2,4,4] block = {${Array(32).fill(1).join(',')}}, int64[2] shape = {2,-1}, float zero = {0}, float one = {1}, float six = {6}>
    { ${body} }`);
  const scopes = scopesOf(model);
  const graph = scopes[0]?.graph;
  if (!graph) throw new Error('no graph');
  const nodes = findWeightedNodes(model, scopes).weighted.filter(
    ({ ref }) => !keep.includes(ref.name),
  );
  const placement = placeQdq(graph, nodes, {
    policy: INT8_POLICIES[hardware],
    opset,
    groups: new Set(groups),
  });
  const sites = placement.sites.map(
    ({ name, readers, sharesWith }) =>
      `${name}${readers === 'some' ? '?' : ''}${sharesWith === undefined ? '' : `=${sharesWith}`}`,
  );
  return { ...placement, sites: sites.join(' ') };
}

describe('placeQdq', () => {
  it.each([
    ['a Conv: input and output', 'y = Conv (x, w)', 'x? y'],
    ['a MatMul: the input alone', 'y = MatMul (x, m)', 'x?'],
    ['a MatMul that integers read', 't = MatMul (x, m) y = MatMul (t, m)', 'x? t'],
    ['one input of two', 't = Conv (x, w) u = Conv (x, w) y = Sub (t, u)', 'x? t u'],
    ['a float op between', 't = Conv (x, w) u = Tanh (t) y = Conv (u, w)', 'x? t u? y'],
    ['nothing without weights', 't = Neg (x) y = Add (t, x)', ''],
  ])('%s', (_, body, sites) => {
    expect(place(body)).toEqual({ sites, integerOps: [], absorbed: [] });
  });

  it.each([
    ['Relu', 't = Conv (x, w) y = Relu (t)', 'x? y', ['y']],
    ['Clip', 't = Conv (x, w) y = Clip (t, zero, six)', 'x? y', ['y']],
    ['Clip without 0', 't = Conv (x, w) y = Clip (t, one, six)', 'x? t', []],
    ['Relu of a value that others read', 't = Conv (x, w) r = Relu (t) y = Add (t, r)', 'x? t', []],
    ['Relu of a MatMul that nothing quantized reads', 't = MatMul (x, m) y = Relu (t)', 'x?', []],
    [
      'Relu of a MatMul that integers read',
      't = MatMul (x, m) r = Relu (t) y = MatMul (r, m)',
      'x? r',
      ['r'],
    ],
    ['Relu of a float', 'r = Relu (x) y = Conv (r, w)', 'r? y', []],
    [
      'the second of two clamps',
      't = Conv (x, w) r = Relu (t) y = Clip (r, zero, six)',
      'x? r',
      ['r'],
    ],
  ] as const)('absorbs %s', (_, body, sites, absorbed) => {
    expect(place(body)).toEqual({ sites, integerOps: [], absorbed });
  });

  it.each([
    [
      'a sum',
      'a = Conv (x, w) b = Conv (x, w) s = Add (a, b) y = Conv (s, w)',
      'x? a b s y',
      ['s'],
    ],
    [
      'a sum and its Relu',
      'a = Conv (x, w) b = Conv (x, w) s = Add (a, b) r = Relu (s) y = Conv (r, w)',
      'x? a b r y',
      ['s'],
    ],
    [
      'a sum of sums',
      'a = Conv (x, w) s = Add (a, a) q = Add (s, a) y = Conv (q, w)',
      'x? a s q y',
      ['q', 's'],
    ],
    ['a sum with a float', 'a = Conv (x, w) s = Add (a, x) y = Conv (s, w)', 'x? a s? y', []],
    ['a sum that floats read', 'a = Conv (x, w) s = Add (a, a) y = Neg (s)', 'x? a', []],
    [
      'a sum with a constant',
      'a = Conv (x, w) s = Add (a, block) y = Conv (s, w)',
      'x? a s? y',
      [],
    ],
    [
      'a block in a Concat',
      'a = Conv (x, w) c = Concat <axis = 3> (a, block) y = MaxPool <kernel_shape=[1,1]> (c) z = MatMul (y, m)',
      'x? a c y=c',
      ['c', 'y'],
    ],
    [
      'moved elements, which share the scale of the first',
      'a = Conv (x, w) b = Transpose (a) c = Reshape (b, shape) y = MatMul (c, m)',
      'x? a b=a c=b',
      ['b', 'c'],
    ],
    ['moved floats', 'b = Transpose (x) y = MatMul (b, m)', 'b?', []],
    ['a pool', 'a = Conv (x, w) p = GlobalAveragePool (a) y = MatMul (p, m)', 'x? a p', ['p']],
  ] as const)('puts on integers: %s', (_, body, sites, integerOps) => {
    expect(place(body)).toMatchObject({ sites, integerOps });
  });

  it('leaves groups that are not chosen in float', () => {
    const sum = 'a = Conv (x, w) b = Conv (x, w) s = Add (a, b) y = Conv (s, w)';
    expect(place(sum, { groups: ['pool', 'concat'] })).toMatchObject({
      sites: 'x? a b s? y',
      integerOps: [],
    });
  });

  it('leaves nodes that are not given in float', () => {
    const body = 't = Conv (x, w) u = Conv (t, w) y = Conv (u, w)';
    expect(place(body, { keep: ['u'] }).sites).toBe('x? t u? y');
    expect(place(body, { keep: ['t', 'u', 'y'] }).sites).toBe('');
  });

  it('lets a MaxPool of opset 11 compute in float', () => {
    const body = 't = Conv (x, w) p = MaxPool <kernel_shape = [1, 1]> (t) y = Conv (p, w)';
    expect(place(body, { opset: 11 }).sites).toBe('x? t p? y');
    expect(place(body, { opset: 12 }).sites).toBe('x? t p=t y');
  });

  it('quantizes inputs of weighted nodes alone for TensorRT, and absorbs nothing', () => {
    const body = 'a = Conv (x, w) r = Relu (a) s = Add (r, r) y = Conv (s, w)';
    expect(place(body, { hardware: 'cuda' })).toEqual({
      sites: 'x? s?',
      integerOps: [],
      absorbed: [],
    });
    expect(place(body, { hardware: 'arm64' })).toEqual(place(body));
  });
});
