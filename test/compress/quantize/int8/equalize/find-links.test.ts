import { describe, expect, it } from 'vitest';
import { findLinks } from '../../../../../shared/compress/quantize/int8/equalize/find-links.ts';
import { NETWORK } from '../_network.ts';
import { modelOf } from '../_plan.ts';

const of = (count: number): string => `{${Array.from({ length: count }, (_, i) => i + 1)}}`;
const WEIGHTS = `float[4,4] v = ${of(16)}, float[4,4] w = ${of(16)}, float[4] b = ${of(4)},
  float[4,4,1,1] k = ${of(16)}, float[4,1,3,3] depthwise = ${of(36)}, float[4,2,1,1] grouped = ${of(8)}`;

/** Value ← writer → outputs of the readers, of a graph of these lines. */
function links(lines: string, input: string, output = 'float[N,C,H,W] y'): readonly string[] {
  const model = modelOf(`g (${input}) => (${output}) <${WEIGHTS}> { ${lines} }`);
  return findLinks(model).map(
    ({ scope, value, writer, readers, channels, axis }) =>
      `${scope}${value} of ${writer} for ${readers.map(({ ref }) => ref.name).join(', ')}: ${channels} on ${axis}`,
  );
}

const IMAGE = 'float[N,4,H,W] x';
const ROWS = 'float[N,4] x';

describe('findLinks', () => {
  it.each([
    ['two Convs', 'a = Conv (x, k) y = Conv (a, k)', IMAGE, ['a of a for y: 4 on 1']],
    [
      'behind Relu and pooling',
      'a = Conv (x, k, b) r = Relu (a) p = MaxPool <kernel_shape = [2,2]> (r) y = Conv (p, k)',
      IMAGE,
      ['p of a for y: 4 on 1'],
    ],
    [
      'a depthwise and a grouped Conv',
      'a = Conv (x, k) d = Conv <group = 4> (a, depthwise) y = Conv <group = 2> (d, grouped)',
      IMAGE,
      ['a of a for d: 4 on 1', 'd of d for y: 4 on 1'],
    ],
    [
      'several readers',
      'a = Conv (x, k) one = Conv (a, k) two = Conv (a, k) y = Add (one, two)',
      IMAGE,
      ['a of a for one, two: 4 on 1'],
    ],
    [
      'matrices',
      'a = MatMul (x, v) r = Relu (a) y = Gemm <transB = 1> (r, w, b)',
      ROWS,
      ['r of a for y: 4 on -1'],
    ],
    [
      'a LayerNormalization',
      'a = LayerNormalization (x, b, b) y = MatMul (a, v)',
      ROWS,
      ['a of a for y: 4 on -1'],
    ],
  ])('%s', (_, lines, input, expected) => {
    expect(links(lines, input)).toEqual(expected);
  });

  it.each([
    ['a clamp, which a factor moves', 'a = Conv (x, k) c = HardSwish (a) y = Conv (c, k)', IMAGE],
    ['another reader', 'a = Conv (x, k) s = Sigmoid (a) z = Conv (a, k) y = Mul (s, z)', IMAGE],
    [
      'another reader in between',
      'a = Conv (x, k) r = Relu (a) z = Conv (r, k) y = Add (a, z)',
      IMAGE,
    ],
    ['an input of the model', 'y = Conv (x, k)', IMAGE],
    ['channels that another axis counts', 'a = Conv (x, k) y = MatMul (a, v)', IMAGE],
    [
      'a normalization over another axis',
      'a = LayerNormalization <axis = 1> (x, b) y = Conv (a, k)',
      IMAGE,
    ],
    ['weights that are computed', 'm = MatMul (x, x) y = MatMul (m, v)', 'float[4,4] x'],
  ])('none over %s', (_, lines, input) => {
    expect(links(lines, input)).toEqual([]);
  });

  it('none over an output of the model', () => {
    const outputs = 'float[N,4,H,W] a, float[N,4,H,W] y';
    expect(links('a = Conv (x, k) y = Conv (a, k)', IMAGE, outputs)).toEqual([]);
  });

  it('finds those of branches, and leaves bodies of loops', () => {
    const branches = (first: string) => `g (bool flag, float[N,4] x) => (float[N,4] y)
      <float[4,4] v = ${of(16)}, int64 n = {2}, bool on = {1}> {
        ${first}
      }`;
    const chain = 'h = MatMul (x, v) one = MatMul (h, v)';
    const inIf = modelOf(
      branches(`y = If (flag) <
        then_branch = t () => (float[N,4] one) { ${chain} },
        else_branch = e () => (float[N,4] two) { two = Identity (x) }
      >`),
    );
    expect(findLinks(inIf)).toMatchObject([{ scope: 'y.then_branch/', value: 'h' }]);
    const inLoop = modelOf(
      branches(`y = Loop (n, on, x) <
        body = t (int64 i, bool c, float[N,4] s) => (bool d, float[N,4] one) {
          d = Identity (c) h = MatMul (s, v) one = MatMul (h, v)
        }
      >`),
    );
    expect(findLinks(inLoop)).toEqual([]);
  });

  it('of the network of these tests: the depthwise Conv alone stands between others', () => {
    expect(findLinks(NETWORK).map(({ value, writer }) => [value, writer])).toEqual([['c2', 'c2']]);
  });
});
