import { afterAll, expect, test } from 'vitest';
import { createRandom } from '../../../../shared/base/random.ts';
import { parseModel } from '../../../../shared/onnx/text/parse-model.ts';
import { closeSharedProcess } from '../../../../shared/runtime/shared-process.ts';
import { runGradients } from '../_run-gradients.ts';

afterAll(closeSharedProcess);

interface Case {
  readonly type: string;
  /** Of the scales; [4, 6] is what they quantize. */
  readonly scales: readonly number[];
  readonly attributes?: string;
  readonly opset?: number;
  /** Which scale an element belongs to. */
  readonly scaleAt: (row: number, column: number) => number;
  readonly zeroPoints?: readonly number[];
  readonly domain?: string;
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int4: [-8, 7],
  uint4: [0, 15],
};
const [ROWS, COLUMNS] = [4, 6];

const CASES: Readonly<Record<string, Case>> = {
  'uint8, one scale': { type: 'uint8', scales: [], scaleAt: () => 0, zeroPoints: [100] },
  'uint8, no zero point': { type: 'uint8', scales: [], scaleAt: () => 0 },
  'int8, one scale of one axis': { type: 'int8', scales: [1], scaleAt: () => 0, zeroPoints: [0] },
  'int8, a scale a row': {
    type: 'int8',
    scales: [4],
    attributes: 'axis = 0',
    scaleAt: (row) => row,
    zeroPoints: [0, 0, 0, 0],
  },
  'uint8, a scale and a zero point a column': {
    type: 'uint8',
    scales: [6],
    attributes: 'axis = -1',
    scaleAt: (_, column) => column,
    zeroPoints: [0, 255, 128, 1, 50, 200],
  },
  'int16, a scale a column': {
    type: 'int16',
    scales: [6],
    scaleAt: (_, column) => column,
    zeroPoints: [0, 0, 0, 0, 0, 0],
    opset: 21,
  },
  'int4, blocks of two rows': {
    type: 'int4',
    scales: [2, 6],
    attributes: 'axis = 0, block_size = 2',
    scaleAt: (row, column) => Math.floor(row / 2) * 6 + column,
    zeroPoints: Array(12).fill(0),
    opset: 21,
  },
  'uint4, blocks of four columns, the last shorter': {
    type: 'uint4',
    scales: [4, 2],
    attributes: 'axis = 1, block_size = 4',
    scaleAt: (row, column) => row * 2 + Math.floor(column / 4),
    zeroPoints: [8, 7, 0, 15, 8, 8, 1, 2],
    opset: 21,
  },
  'int8 of com.microsoft': {
    type: 'int8',
    scales: [],
    scaleAt: () => 0,
    zeroPoints: [5],
    domain: 'com.microsoft.',
  },
};

/** y = Σ w · dequantized(quantized(x)), and what flows back by the estimator, in float64. */
function cased({ type, scales, attributes, opset = 17, scaleAt, zeroPoints, domain = '' }: Case) {
  const random = createRandom(3, type);
  const count = scales.reduce((product, size) => product * size, 1);
  const [least = 0, most = 0] = RANGES[type] ?? [];
  const scale = Float32Array.from({ length: count }, () => 0.5 + random.float());
  const x = new Float32Array(ROWS * COLUMNS);
  const w = Float32Array.from(x, () => random.normal());
  const ofX = new Float64Array(x.length);
  const ofScale = new Float64Array(count);
  let outside = 0;
  for (let i = 0; i < x.length; i++) {
    const at = scaleAt(Math.floor(i / COLUMNS), i % COLUMNS);
    const [s = 1, z = 0, weight = 0] = [scale[at], zeroPoints?.[at], w[i]];
    // A quarter lies outside; places of the last steps count as inside; none lies where it could be either.
    const place = least - 0.4 + random.float() * (most - least + 0.8);
    const beyond = 1 + random.float() * (most - least);
    const isInside = random.float() > 0.25;
    const q = isInside ? place : random.float() < 0.5 ? least - beyond : most + beyond;
    outside += isInside ? 0 : 1;
    x[i] = (q - z) * s;
    ofX[i] = isInside ? weight : 0;
    const rounded = Math.min(Math.max(Math.round(q), least), most);
    const slope = rounded - z - (isInside ? q - z : 0);
    ofScale[at] = (ofScale[at] ?? 0) + weight * slope;
  }
  const dims = scales.length > 0 ? `[${scales.join()}]` : '';
  const zeros = zeroPoints ? `, ${type}${dims} z = {${zeroPoints.join()}}` : '';
  const inputs = zeroPoints ? 's, z' : 's';
  const tag = attributes === undefined ? '' : `<${attributes}> `;
  const model = parseModel(`<ir_version: 10, opset_import: ["": ${opset}, "com.microsoft": 1]>
g (float[${ROWS},${COLUMNS}] x, float${dims} s) => (float y) <float[${ROWS},${COLUMNS}] w = {${w.join()}}${zeros}> {
  q = ${domain}QuantizeLinear ${tag}(x, ${inputs})
  d = ${domain}DequantizeLinear ${tag}(q, ${inputs})
  p = Mul (d, w) y = ReduceSum <keepdims = 0> (p) }`);
  const feeds = {
    x: { type: 'float32' as const, dims: [ROWS, COLUMNS], data: x },
    s: { type: 'float32' as const, dims: scales, data: scale },
  };
  return { model, feeds, ofX, ofScale, outside };
}

test.for(Object.entries(CASES))('%s', async ([, one]) => {
  const { model, feeds, ofX, ofScale, outside } = cased(one);
  expect(outside).toBeGreaterThan(2);
  const { x, s } = await runGradients(model, 'y', ['x', 's'], feeds);
  // + 0: what is left out may be −0.
  expect(Array.from(x?.data ?? [], Number).map((value) => value + 0)).toEqual(Array.from(ofX));
  expect(s?.dims).toEqual(one.scales);
  // Places are rounded to float32, of a size of up to 2 · 2¹⁶ steps.
  const digits = one.type === 'int16' ? 0 : 2;
  ofScale.forEach((value, at) => {
    expect(Number(s?.data[at])).toBeCloseTo(value, digits);
  });
});

test('what moves quantized values lets their gradients through', async () => {
  const model = parseModel(`<ir_version: 10, opset_import: ["": 17]>
g (float[2,3] x) => (float y) <float s = {0.1}, int8 z = {0}, float[3,2] w = {1,2,3,4,5,6}> {
  q = QuantizeLinear (x, s, z) t = Transpose (q) d = DequantizeLinear (t, s, z)
  p = Mul (d, w) y = ReduceSum <keepdims = 0> (p) }`);
  const data = Float32Array.of(1, -1, 0.5, 50, -50, 0);
  const feeds = { x: { type: 'float32' as const, dims: [2, 3], data } };
  const { x } = await runGradients(model, 'y', ['x'], feeds);
  expect(Array.from(x?.data ?? [], Number)).toEqual([1, 3, 5, 0, 0, 6]);
});

test('what cannot be followed is refused by name', async () => {
  const graph = (zeroPoint: string): string => `<ir_version: 10, opset_import: ["": 21]>
g (float[4] x, int8 i) => (float y) <float s = {0.1}> { ${zeroPoint}
  q = QuantizeLinear (x, s, z) d = DequantizeLinear (q, s, z) y = ReduceSum <keepdims = 0> (d) }`;
  const refused = async (zeroPoint: string): Promise<void> => {
    await runGradients(parseModel(graph(zeroPoint)), 'y', ['x'], {});
  };
  await expect(refused('z = Identity (i)')).rejects.toThrow('with computed zero points');
});
