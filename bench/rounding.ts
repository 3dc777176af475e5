/**
 * Ways to round the weights of one network, all Conv and Gemm, a scale for each output channel, activations in float32:
 * to the nearest code, GPTQ, GPTQ and coordinate descent, AdaRound. What each leaves of the quadratic form that all
 * of them make small, and what the network gets right.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NamedTensors } from '../shared/base/tensor.ts';
import { chooseScale } from '../shared/compress/quantize/int8/numbers/weight-scale.ts';
import { Referee } from '../shared/compress/quantize/int8/search/referee.ts';
import { collectMoments } from '../shared/compress/quantize/int8/statistics/collect-moments.ts';
import {
  findWeightedNodes,
  inTensorOrder,
  type WeightedNode,
  weightMatrix,
} from '../shared/compress/quantize/int8/weighted-nodes.ts';
import {
  errorsOf,
  type GriddedMatrix,
  tileOf,
} from '../shared/compress/quantize/reconstruct/grid.ts';
import { roundByNearestPlane } from '../shared/compress/quantize/reconstruct/nearest-plane.ts';
import {
  quadraticForm,
  squaresOf,
  timesForm,
} from '../shared/compress/quantize/reconstruct/quadratic-form.ts';
import { reconstructRows } from '../shared/compress/quantize/reconstruct/reconstruct-rows.ts';
import type { DataSet } from '../shared/measure/data/data-set.ts';
import { openData } from '../shared/measure/data/open.ts';
import { openMetric } from '../shared/measure/metrics/metrics.ts';
import { editModel } from '../shared/onnx/edit-model.ts';
import { float32Tensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { floatValues } from '../shared/onnx/tensor-data.ts';
import { optimizeExact } from '../shared/passes/optimize-exact.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { adaRound } from './_adaround.ts';
import { FASHION_MNIST, fashion, saturatingDigits } from './_labelled-data.ts';

const CALIBRATION = 128;
const DAMPING = 0.01;
const ADAROUND_STEPS = 2000;

interface Layer {
  readonly node: WeightedNode;
  readonly matrix: GriddedMatrix;
  readonly products: Float64Array;
}

interface Rounded {
  readonly codes: Int8Array;
  readonly scales: ArrayLike<number>;
}

const METHODS: Readonly<Record<string, (layer: Layer) => Rounded>> = {
  nearest: ({ matrix }) => {
    const { rows, columns } = matrix;
    return tileOf(matrix, { row: 0, rows, column: 0, columns });
  },
  GPTQ: ({ matrix, products }) => {
    const { rows, columns } = matrix;
    const tile = tileOf(matrix, { row: 0, rows, column: 0, columns });
    const form = quadraticForm(products, columns, DAMPING);
    if (form) roundByNearestPlane(tile, form);
    return tile;
  },
  'GPTQ, descent': ({ matrix, products }) =>
    reconstructRows(matrix, { size: matrix.columns, products: [products] }, { damping: DAMPING }),
  [`AdaRound ${ADAROUND_STEPS}`]: ({ matrix, products }) => ({
    codes: adaRound(matrix, products, DAMPING, ADAROUND_STEPS),
    scales: matrix.scales,
  }),
};

function gridded(node: WeightedNode, highest: number): GriddedMatrix {
  const { rows, columns } = node;
  const values = weightMatrix(node, floatValues(node.weight));
  const limits = { highest, pairSum: null };
  const scales = Float32Array.from(
    { length: rows },
    (_, row) =>
      chooseScale(values.subarray(row * columns, (row + 1) * columns), undefined, limits).scale,
  );
  return {
    ...{ rows, columns, values, block: columns, scales },
    lowest: new Int8Array(rows).fill(-highest),
    highest: new Int8Array(rows).fill(highest),
  };
}

function withWeights(model: Model, weights: ReadonlyMap<string, Float32Array>): Model {
  return editModel(model, (graph) => {
    for (const [name, values] of weights) {
      const dims = graph.initializers.get(name)?.dims ?? [];
      graph.setInitializer(name, float32Tensor(name, dims, values));
    }
  }).model;
}

function dequantized({ node, matrix }: Layer, { codes, scales }: Rounded): Float32Array {
  const ordered = inTensorOrder(node, codes);
  const { columns, rows } = matrix;
  return Float32Array.from(ordered, (code, at) => {
    const row = node.axis === 0 ? Math.floor(at / columns) : at % rows;
    return code * (scales[row] ?? 0);
  });
}

/** e·H·eᵀ without damping, over all rows. */
function errorOf({ matrix, products }: Layer, { codes, scales }: Rounded): number {
  const { rows, columns } = matrix;
  const tile = tileOf(matrix, { row: 0, rows, column: 0, columns });
  const errors = errorsOf({ ...tile, codes, scales: Float64Array.from(scales) });
  const form = quadraticForm(products, columns, DAMPING);
  if (!form) return 0;
  const plain = { ...form, matrix: products };
  return squaresOf(errors, timesForm(plain, errors, rows), rows).reduce((a, b) => a + b, 0);
}

async function* samplesOf(set: DataSet, count: number): AsyncIterableIterator<NamedTensors> {
  for (let index = 0; index < Math.min(count, set.length); index++) yield await set.sample(index);
}

async function measure(
  name: string,
  { source, calibration, evaluation }: { source: string; calibration: string; evaluation: string },
): Promise<void> {
  using opened = openModel(source);
  const { model } = await optimizeExact(opened.model);
  const inputs = model.graph.inputs.filter((input) => !model.graph.initializers.has(input.name));
  const given = await openData({ path: calibration }, inputs);
  const judged = await openData({ path: evaluation }, inputs);
  const metric = await openMetric({ name: 'top1' }, { allowModules: false });
  let right = 0;
  const judge = {
    statistics: (index: number, outputs: NamedTensors) => {
      const label = judged.label(index);
      return metric.statistics(outputs, label === undefined ? {} : { label });
    },
    judge: (_: unknown, rows: readonly (readonly number[])[]) => {
      right = rows.reduce((sum, [value = 0]) => sum + value, 0) / rows.length;
      return { difference: 0, isNonInferior: true };
    },
  };
  const referee = await Referee.of(model, judged, {}, judged.length, judge);
  await referee.score(model);
  console.log(`\n${name}: float32 ${(100 * right).toFixed(2)} % of ${judged.length}`);
  for (const bits of [8, 4, 3]) {
    const layers: Layer[] = [];
    const { weighted } = findWeightedNodes(model);
    const nodes = weighted.filter(({ groups }) => groups === 1);
    for await (const { node, moments } of collectMoments(model, nodes, () =>
      samplesOf(given, CALIBRATION),
    )) {
      const [products] = moments.products;
      if (moments.blocks === 1 && products)
        layers.push({ node, matrix: gridded(node, 2 ** (bits - 1) - 1), products });
    }
    const base = layers.map((layer) => errorOf(layer, METHODS.nearest?.(layer) ?? tileless()));
    for (const [method, round] of Object.entries(METHODS)) {
      const started = process.cpuUsage();
      const rounded = layers.map((layer) => round(layer));
      const seconds = process.cpuUsage(started).user / 1e6;
      const share =
        layers.reduce((sum, layer, index) => {
          const one = rounded[index];
          return sum + (one ? errorOf(layer, one) / (base[index] || 1) : 0);
        }, 0) / layers.length;
      const weights = new Map(
        layers.flatMap((layer, index): [string, Float32Array][] => {
          const one = rounded[index];
          return one ? [[layer.node.weight.name, dequantized(layer, one)]] : [];
        }),
      );
      const { damage, agreement } = await referee.score(withWeights(model, weights));
      console.log(
        `  ${bits} bits ${method.padEnd(14)} error ${share.toFixed(3)} of the nearest's, top-1 ${(100 * right).toFixed(2)} %, ${(100 * agreement).toFixed(2)} % agree, damage ${damage.toExponential(2)}, ${seconds.toFixed(2)} s of CPU time`,
      );
    }
  }
}

function tileless(): never {
  throw new Error('the nearest codes are always made');
}

const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
try {
  const digits = (await saturatingDigits()).data;
  const sets = existsSync(FASHION_MNIST) ? (await fashion(folder)).data : undefined;
  for (const [name, data, source] of [
    ['saturating-digits', digits, (await saturatingDigits()).source],
    ['fashion', sets, sets && (await fashion(folder)).source],
  ] as const) {
    if (!data || typeof data === 'string' || !data.calibration || !data.evaluation || !source)
      console.log(`\n${name}: left out, its data is not there`);
    else
      await measure(name, {
        source,
        calibration: data.calibration.path,
        evaluation: data.evaluation.path,
      });
  }
} finally {
  rmSync(folder, { recursive: true });
  await closeSharedProcess();
}
