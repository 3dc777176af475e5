import { describe, expect, it } from 'vitest';
import type { ElementwiseGroup } from '../../../../../shared/compress/quantize/int8/node-groups.ts';
import {
  findCheapIslands,
  type IslandOptions,
} from '../../../../../shared/compress/quantize/int8/search/cheap-islands.ts';
import { float32Tensor } from '../../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { modelOf, rangesFor } from '../_plan.ts';

/** Weights are zeros: islands are a matter of shapes. */
function model(body: string): Model {
  const parsed = modelOf(
    `g (float[1,64,28,28] x) => (float[1,64,28,28] y) <float[1] dense = {0}, float[1] deep = {0}, float[1] big = {0}, float zero = {0}> { ${body} }`,
  );
  const weights = (name: string, dims: readonly number[]) =>
    float32Tensor(name, dims, new Float32Array(dims.reduce((product, dim) => product * dim, 1)));
  const initializers = new Map([
    ...parsed.graph.initializers,
    ['dense', weights('dense', [64, 64, 1, 1])],
    ['deep', weights('deep', [64, 1, 3, 3])],
    ['big', weights('big', [784, 784])],
  ]);
  return { ...parsed, graph: { ...parsed.graph, initializers } };
}

const DEPTHWISE = '<group = 64, pads = [1, 1, 1, 1]>';

interface Options extends Partial<Pick<IslandOptions, 'hardware'>> {
  readonly groups?: readonly ElementwiseGroup[];
  /** Elements of every value, a sample. */
  readonly size?: number;
}

function islands(body: string, options: Options = {}): readonly string[] {
  const {
    hardware = 'x64',
    groups = ['residual', 'pool', 'concat'],
    size = 64 * 28 * 28,
  } = options;
  const made = model(body);
  const elements = new Map([...rangesFor(made).keys()].map((key) => [key, size]));
  return [...findCheapIslands(made, { hardware, groups: new Set(groups), elements })].toSorted();
}

/** A node that holds nearly all weights, so that the others are few of them. */
const BIG = 'm = MatMul (x, big)';
const ALONE = `${BIG} a = Tanh (x) b = Conv ${DEPTHWISE} (a, deep) y = Tanh (b)`;

describe('findCheapIslands', () => {
  it('leaves a depthwise Conv between floats in float: its kernel saves nothing', () => {
    expect(islands(ALONE)).toEqual(['b']);
    expect(islands(ALONE, { hardware: 'arm64' })).toEqual(['b']);
  });

  it('quantizes a dense Conv between floats: its kernel saves more than the conversions cost', () => {
    expect(islands(`${BIG} a = Tanh (x) b = Conv (a, dense) y = Tanh (b)`)).toEqual([]);
  });

  it('quantizes a depthwise Conv between integers, where nothing is converted for it', () => {
    const chain = `${BIG} a = Conv (x, dense) b = Conv ${DEPTHWISE} (a, deep) c = Conv (b, dense) y = Tanh (c)`;
    expect(islands(chain)).toEqual([]);
    // The same with a float op before and behind it.
    const apart = `${BIG} a = Conv (x, dense) s = Tanh (a) b = Conv ${DEPTHWISE} (s, deep) t = Tanh (b) c = Conv (t, dense) y = Tanh (c)`;
    expect(islands(apart)).toEqual(['b']);
  });

  it('counts an absorbed clamp to its Conv', () => {
    const chain = `${BIG} a = Conv (x, dense) r = Relu (a) b = Conv ${DEPTHWISE} (r, deep) q = Relu (b) c = Conv (q, dense) y = Tanh (c)`;
    expect(islands(chain)).toEqual([]);
  });

  it('joins what a group puts on integers', () => {
    const sum = `${BIG} a = Conv (x, dense) b = Conv ${DEPTHWISE} (a, deep) s = Add (a, b) c = Conv (s, dense) y = Tanh (c)`;
    expect(islands(sum)).toEqual([]);
    const two = `${BIG} t = Tanh (x) b = Conv ${DEPTHWISE} (t, deep) d = Conv ${DEPTHWISE} (t, deep) s = Add (b, d) c = Conv (s, dense) y = Tanh (c)`;
    expect(islands(two, { groups: ['residual'] })).toEqual([]);
    // With a float sum the two stand alone, as their input is quantized for nothing else.
    expect(islands(two, { groups: [] })).toEqual(['b', 'd']);
  });

  it('does not trade weights for microseconds', () => {
    expect(islands(ALONE, { size: 100 })).toEqual([]);
    expect(islands(ALONE, { size: 0 })).toEqual([]);
  });

  it('leaves at most a twentieth of the weights in float', () => {
    // Without the large node the depthwise weights are all there are, or an eighth of them.
    expect(islands(`a = Tanh (x) b = Conv ${DEPTHWISE} (a, deep) y = Tanh (b)`)).toEqual([]);
    expect(
      islands(`d = Conv (x, dense) a = Tanh (d) b = Conv ${DEPTHWISE} (a, deep) y = Tanh (b)`),
    ).toEqual([]);
  });

  it('spends them on the islands that lose most', () => {
    // Of 13,440 weights each island has 576: one is within a twentieth, both are not.
    const body = `d = Conv (x, dense) e = Conv (d, dense) f = Conv (e, dense)
      a = Tanh (x) b = Conv ${DEPTHWISE} (a, deep) c = Tanh (b)
      g = Tanh (x) h = Conv ${DEPTHWISE} (g, deep) y = Tanh (h)`;
    const made = model(body);
    const elements = new Map([...rangesFor(made).keys()].map((key) => [key, 50_000]));
    const found = (large: string) =>
      findCheapIslands(made, {
        hardware: 'x64',
        groups: new Set(),
        elements: new Map([...elements, [large, 90_000]]),
      });
    expect([...found('a')]).toEqual(['b']);
    expect([...found('h')]).toEqual(['h']);
  });

  it('finds nothing for TensorRT, which places conversions itself', () => {
    expect(islands(ALONE, { hardware: 'cuda' })).toEqual([]);
  });

  it('names nodes of bodies by their graph', () => {
    const body = `flag = Constant <value = bool {1}> () ${BIG}
      y = If (flag) <
        then_branch = t () => (float[1,64,28,28] one) { a = Tanh (x) b = Conv ${DEPTHWISE} (a, deep) one = Tanh (b) },
        else_branch = e () => (float[1,64,28,28] two) { two = Conv (x, dense) }
      >`;
    expect(islands(body)).toEqual(['y.then_branch/b']);
  });
});
