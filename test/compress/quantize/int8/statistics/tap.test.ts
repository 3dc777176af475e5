import { describe, expect, it } from 'vitest';
import type { NamedTensors } from '../../../../../shared/base/tensor.ts';
import {
  makeNode,
  type Tap,
  tapModel,
} from '../../../../../shared/compress/quantize/int8/statistics/tap.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { printModel } from '../../../../../shared/onnx/text.ts';
import { verifyModel } from '../../../../../shared/onnx/verify.ts';
import { outputsOf } from '../../../../passes/_agree.ts';
import { modelOf } from '../_plan.ts';
import { tensorOf } from '../_samples.ts';

const bool = (value: boolean): NamedTensors[string] => ({
  type: 'bool',
  dims: [],
  data: Uint8Array.of(Number(value)),
});
const count = (value: number): NamedTensors[string] => ({
  type: 'int64',
  dims: [],
  data: BigInt64Array.of(BigInt(value)),
});

/** One of each kind: the extremes, the value itself to be summed, and a row of its squares. */
function tap(scope: string, name: string, fold: Tap['fold']): Tap {
  const fresh = (graph: Parameters<Tap['build']>[0]) => graph.freshName('tap');
  return {
    ref: { scope, name },
    fold,
    dims: fold === 'histogram' ? null : fold === 'sum' ? [2] : [],
    build: (graph, value) => {
      if (fold === 'sum') return [makeNode('Identity', [value], fresh(graph))];
      if (fold === 'min') return [makeNode('ReduceMin', [value], fresh(graph), true)];
      if (fold === 'max') return [makeNode('ReduceMax', [value], fresh(graph), true)];
      const square = makeNode('Mul', [value, value], fresh(graph));
      const row = makeNode('Flatten', [square.outputs[0] ?? ''], fresh(graph));
      return [square, { ...row, attributes: new Map([['axis', { type: 'int', value: 0 }]]) }];
    },
  };
}

const FOLDS = ['min', 'max', 'sum', 'histogram'] as const;
const all = (scope: string, name: string): Tap[] => FOLDS.map((fold) => tap(scope, name, fold));

/** What the taps give for one sample, in their order. */
async function given(model: Model, taps: readonly Tap[], feeds: NamedTensors) {
  const before = printModel(model);
  const tapped = tapModel(model, taps);
  expect(printModel(model)).toBe(before);
  expect(verifyModel(tapped.model)).toEqual([]);
  const [found] = await outputsOf(tapped.model, [feeds]);
  return tapped.outputs.map((name) => name && Array.from(found?.[name] ?? []));
}

const X = tensorOf([2], [3, -1]);
const NOTHING = [[Infinity], [-Infinity], [0, 0], []];

describe('tapModel of a flat graph', () => {
  const MODEL = modelOf(
    'g (float[2] x) => (float[2] z) { tap = Neg (x) neutral = Abs (tap) z = Exp (neutral) }',
  );

  it('computes what is asked of inputs and inner values', async () => {
    const taps = [...all('', 'x'), tap('', 'neutral', 'max')];
    expect(await given(MODEL, taps, { x: X })).toEqual([[-1], [3], [3, -1], [9, 1], [3]]);
  });

  it('has the statistics as its only outputs, and all nodes that were there', () => {
    const taps = [tap('', 'x', 'histogram'), tap('', 'tap', 'min')];
    const { model, outputs } = tapModel(MODEL, taps);
    expect(model.graph.outputs.map(({ name }) => name).toSorted()).toEqual(outputs.toSorted());
    expect(model.graph.nodes.slice(0, 3)).toEqual(MODEL.graph.nodes);
    expect(model.graph.initializers).toEqual(MODEL.graph.initializers);
    expect(model.graph.inputs).toBe(MODEL.graph.inputs);
  });

  it('puts statistics at the end, the last tap first, so that values are freed early', () => {
    const { model } = tapModel(MODEL, [tap('', 'x', 'histogram'), tap('', 'tap', 'min')]);
    const added = model.graph.nodes.slice(3).map(({ opType }) => opType);
    expect(added).toEqual(['ReduceMin', 'Mul', 'Flatten']);
  });

  it('leaves out a tap that has nothing to compute', () => {
    const idle: Tap = { ...tap('', 'x', 'min'), build: () => [] };
    const { outputs } = tapModel(MODEL, [idle, tap('', 'x', 'max')]);
    expect(outputs).toEqual([undefined, expect.any(String)]);
  });
});

describe('tapModel of an If', () => {
  const MODEL = modelOf(`g (bool flag, float[2] x) => (float[2] y) {
    y = If (flag) <
      then_branch = t () => (float[2] one) { one = Neg (x) },
      else_branch = e () => (float[2] two) { half = Add (x, x) two = Abs (half) }
    >
  }`);
  const taps = [...all('y.then_branch/', 'one'), ...all('y.else_branch/', 'half')];

  it('leads the statistics of the branch that ran out; those of the other change no fold', async () => {
    const [one, half] = [
      [[-3], [1], [-3, 1], [9, 1]],
      [[-2], [6], [6, -2], [36, 4]],
    ];
    expect(await given(MODEL, taps, { flag: bool(true), x: X })).toEqual([...one, ...NOTHING]);
    expect(await given(MODEL, taps, { flag: bool(false), x: X })).toEqual([...NOTHING, ...half]);
  });

  it('sees outer values from a branch: only where it ran', async () => {
    const outer = all('y.then_branch/', 'x');
    expect(await given(MODEL, outer, { flag: bool(false), x: X })).toEqual(NOTHING);
    expect(await given(MODEL, outer, { flag: bool(true), x: X })).toEqual([
      [-1],
      [3],
      [3, -1],
      [9, 1],
    ]);
  });
});

describe('tapModel of a Loop', () => {
  // h: x, −2x, 4x, …
  const MODEL = modelOf(`g (int64 trips, float[2] x) => (float[2] y) <float[1] f = {-2}> {
    y = Loop (trips, , x) <
      body = b (int64 i, bool go, float[2] h) => (bool more, float[2] next) {
        more = Identity (go)
        next = Mul (h, f)
      }
    >
  }`);

  it('folds over the iterations', async () => {
    expect(await given(MODEL, all('y.body/', 'h'), { trips: count(3), x: X })).toEqual([
      [-6],
      [12],
      [3 - 6 + 12, -1 + 2 - 4],
      [9, 1, 36, 4, 144, 16],
    ]);
  });

  it('changes no fold where there was no iteration', async () => {
    expect(await given(MODEL, all('y.body/', 'h'), { trips: count(0), x: X })).toEqual(NOTHING);
  });

  it('reaches an If inside it, and a Loop inside that', async () => {
    const nested = modelOf(`g (int64 trips, float[2] x) => (float[2] y)
      <float[1] f = {-2}, int64 one = {1}, int64 two = {2}> {
      y = Loop (trips, , x) <
        body = b (int64 i, bool go, float[2] h) => (bool more, float[2] next) {
          more = Identity (go)
          first = Less (i, one)
          next = If (first) <
            then_branch = t () => (float[2] a) { a = Mul (h, f) },
            else_branch = e () => (float[2] c) {
              c = Loop (two, , h) <
                body = d (int64 j, bool on, float[2] k) => (bool again, float[2] q) {
                  again = Identity (on)
                  q = Add (k, k)
                }
              >
            }
          >
        }
      >
    }`);
    const taps = ['y.body/next.then_branch/', 'y.body/next.else_branch/c.body/'].flatMap((scope) =>
      (['min', 'max', 'sum'] as const).map((fold) =>
        tap(scope, scope.endsWith('c.body/') ? 'q' : 'a', fold),
      ),
    );
    // a = (−6, 2); then q = (−12, 4), (−24, 8), (−48, 16), (−96, 32).
    expect(await given(nested, taps, { trips: count(3), x: X })).toEqual([
      [-6],
      [2],
      [-6, 2],
      [-96],
      [32],
      [-12 - 24 - 48 - 96, 4 + 8 + 16 + 32],
    ]);
  });
});

it('cannot lead a statistic out of a Scan, and leaves the others as they are', async () => {
  const model = modelOf(`g (float[3,2] x) => (float[3,2] y) {
    y = Scan <num_scan_inputs = 1, body = b (float[2] row) => (float[2] o) { o = Neg (row) }> (x)
  }`);
  const x = tensorOf([3, 2], [1, 2, 3, 4, 5, -6]);
  const found = await given(model, [tap('y.body/', 'o', 'min'), tap('', 'y', 'min')], { x });
  expect(found).toEqual([undefined, [-5]]);
});

it('makeNode gives a node of ai.onnx; a reduction drops its axes where told', () => {
  expect(makeNode('Add', ['a', 'b'], 'c')).toMatchObject({
    opType: 'Add',
    domain: '',
    inputs: ['a', 'b'],
    outputs: ['c'],
    attributes: new Map(),
  });
  expect(makeNode('ReduceMin', ['a'], 'c', true).attributes).toEqual(
    new Map([['keepdims', { type: 'int', value: 0 }]]),
  );
});
