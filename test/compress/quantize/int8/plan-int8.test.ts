import { describe, expect, it } from 'vitest';
import type { Int8Plan } from '../../../../shared/compress/quantize/int8/int8-plan.ts';
import type { PlannedWeight } from '../../../../shared/compress/quantize/weights/weight-plan.ts';
import { modelOf, type PlanParts, planOf } from './_plan.ts';

const model = (body: string) =>
  modelOf(`g (float[1,2,4,4] x) => (float[1,2,4,4] y)
    <float[2,2,1,1] w = {1,-0.5,0.25,0.125}, float[4,4] m = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16},
     float zero = {0}, float six = {6}>
    { ${body} }`);

const plan = (body: string, parts: PlanParts = {}): Int8Plan => planOf(model(body), parts);

/** Scale and zero point of a value. */
const gridIn = ({ values }: Int8Plan, wanted: string) => {
  const found = values.find(({ name }) => name === wanted);
  return found && [found.scale, found.zeroPoint];
};
const rangeIn = ({ values }: Int8Plan, wanted: string) => {
  const found = values.find(({ name }) => name === wanted);
  return found && [found.min, found.max];
};

describe('planInt8', () => {
  it('is JSON that says what becomes integers, how, and what does not', () => {
    const result = plan('t = Conv (x, w) r = Relu (t) u = Tanh (r) y = MatMul (u, x)', {
      samples: 7,
      method: 'mse',
      synthetic: true,
      seen: { r: [0, 2] },
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result).toMatchObject({
      schema: 'fettle.int8-plan/1',
      hardware: 'x64',
      calibration: { samples: 7, method: 'mse', synthetic: true },
      groups: ['residual', 'pool', 'concat'],
      nodes: [{ scope: '', name: 't', op: 'Conv', node: '', rounding: 'nearest' }],
      values: [
        {
          scope: '',
          name: 'x',
          readers: 'some',
          min: -4,
          max: 4,
          scale: Math.fround(8 / 255),
          zeroPoint: 127,
        },
        {
          scope: '',
          name: 'r',
          readers: 'all',
          min: 0,
          max: 2,
          scale: Math.fround(2 / 255),
          zeroPoint: 0,
        },
      ],
      integerOps: [],
      absorbed: [{ scope: '', name: 'r' }],
      weightsAlone: [],
      kept: [
        {
          scope: '',
          name: 'y',
          op: 'MatMul',
          node: '',
          reason: 'its weights are computed, not constant',
        },
      ],
    });
  });

  it.each([
    ['x64', [0, 255], [Math.fround(3 / 255), 85]],
    ['x64-vnni', [0, 255], [Math.fround(3 / 255), 85]],
    ['web', [0, 255], [Math.fround(3 / 255), 85]],
    ['arm64', [-128, 127], [Math.fround(3 / 255), -43]],
    ['cuda', [-127, 127], [Math.fround(2 / 127), 0]],
  ] as const)('%s: a grid of codes from %j', (hardware, [low, high], grid) => {
    const result = plan('y = MatMul (x, m)', { hardware, seen: { x: [-1, 2] } });
    expect(gridIn(result, 'x')).toEqual(grid);
    const [scale = 0, zero = 0] = grid;
    // Both ends have codes.
    expect(Math.round(-1 / scale) + zero).toBeGreaterThanOrEqual(low);
    expect(Math.round(2 / scale) + zero).toBeLessThanOrEqual(high);
  });

  it('holds 0 in every range', () => {
    expect(rangeIn(plan('y = MatMul (x, m)', { seen: { x: [1, 2] } }), 'x')).toEqual([0, 2]);
    expect(rangeIn(plan('y = MatMul (x, m)', { seen: { x: [-2, -1] } }), 'x')).toEqual([-2, 0]);
    const nothing = plan('y = MatMul (x, m)', { seen: { x: [0, 0] } });
    expect(gridIn(nothing, 'x')).toEqual([1, 0]);
  });

  it('rounds ranges outward, so that kernels that differ in the last bits give one plan', () => {
    const seen = 2 + 2 ** -20;
    const other = 2 + 2 ** -21;
    const [one, two] = [seen, other].map((end) =>
      plan('y = MatMul (x, m)', { seen: { x: [-end, end] } }),
    );
    expect(one).toEqual(two);
    expect(one && rangeIn(one, 'x')?.[1]).toBeGreaterThan(seen);
  });

  it('ends a range where its reader or its producer does', () => {
    const clipped = plan('t = Conv (x, w) y = Clip (t, zero, six)', { seen: { y: [0, 9] } });
    expect(rangeIn(clipped, 'y')).toEqual([0, 6]);
    // Read by Relu and by another: the Relu stays, and the values below 0 matter.
    const both = plan('t = Conv (x, w) r = Relu (t) y = Sub (t, r)', { seen: { t: [-3, 5] } });
    expect(rangeIn(both, 't')).toEqual([-3, 5]);
    const swish = plan('t = Conv (x, w) y = HardSwish (t)', { seen: { t: [-9, 5] } });
    expect(rangeIn(swish, 't')).toEqual([-3, 5]);
    // A float value is read as it is by its other readers: only what was seen counts.
    const float = plan('y = MatMul (x, m)', { seen: { x: [-9, 5] } });
    expect(rangeIn(float, 'x')).toEqual([-9, 5]);
  });

  it('gives Softmax steps of 1/256', () => {
    const result = plan('t = MatMul (x, m) p = Softmax (t) y = MatMul (p, m)');
    expect(gridIn(result, 'p')).toEqual([1 / 256, 0]);
  });

  it('gives moved elements the grid of their source, through several ops', () => {
    const result = plan(
      'a = Conv (x, w) b = Transpose (a) c = MaxPool <kernel_shape = [1, 1]> (b) y = Conv (c, w)',
      { seen: { a: [-1, 2], b: [-7, 7], c: [-8, 8] } },
    );
    const grid = [Math.fround(3 / 255), 85];
    expect(['a', 'b', 'c'].map((name) => gridIn(result, name))).toEqual([grid, grid, grid]);
  });

  it('keeps what it is told, and what no sample reached, each with its reason', () => {
    const result = plan('a = Conv (x, w) b = Conv (a, w) y = Conv (b, w)', {
      keep: new Map([['a', { reason: 'asked for', damage: 0.25 }]]),
      seen: { b: null },
    });
    expect(result.nodes.map(({ name }) => name)).toEqual(['b']);
    expect(result.kept.map(({ name, reason, damage }) => [name, reason, damage])).toEqual([
      ['a', 'asked for', 0.25],
      ['y', 'no calibration sample reached it', undefined],
    ]);
  });

  it('plans nodes whose weights alone are in 8 bits neither as integers nor as floats', () => {
    const two = model('t = MatMul (x, m) y = MatMul (t, m)');
    const alone: PlannedWeight[] = [
      {
        scope: '',
        name: 't',
        op: 'MatMul',
        node: '',
        form: 'dynamic',
        weights: ['m'],
        bits: 8,
        symmetric: true,
        bytes: [64, 32],
        reason: 'no sample reached it',
      },
    ];
    const result = planOf(two, { weightsAlone: alone, seen: { x: null } });
    expect(result.weightsAlone).toBe(alone);
    expect(result.nodes.map(({ name }) => name)).toEqual(['y']);
    expect(result.kept).toEqual([]);
  });

  it('says which weights are rounded by output error', () => {
    const result = plan('a = Conv (x, w) y = Conv (a, w)', { rounded: new Set(['y']) });
    expect(result.nodes.map(({ rounding }) => rounding)).toEqual(['nearest', 'output-error']);
  });

  it('names values by their graphs', () => {
    const result = planOf(
      modelOf(`g (bool flag, float[1,1] x) => (float[1,1] y) <float[1,1] w = {3}> {
        y = If (flag) <
          then_branch = t () => (float[1,1] r) { n = Neg (x) r = MatMul (n, w) },
          else_branch = e () => (float[1,1] r2) { n = Abs (x) r2 = MatMul (n, w) }
        >
      }`),
      { seen: { 'y.then_branch/n': [-1, 1], 'y.else_branch/n': [0, 9] } },
    );
    expect(result.values.map(({ scope, name, min, max }) => [scope, name, min, max])).toEqual([
      ['y.then_branch/', 'n', -1, 1],
      ['y.else_branch/', 'n', 0, 9],
    ]);
    expect(result.nodes.map(({ scope, name }) => scope + name)).toEqual([
      'y.then_branch/r',
      'y.else_branch/r2',
    ]);
  });
});
