/** The best that is known without training for the grids of a training form: its weights rounded by output error. */
import type { SampleSource } from '../shared/compress/quantize/int8/context.ts';
import { samplesOf } from '../shared/compress/quantize/int8/context.ts';
import { keyOf } from '../shared/compress/quantize/int8/scopes.ts';
import { collectMoments } from '../shared/compress/quantize/int8/statistics/collect-moments.ts';
import {
  findWeightedNodes,
  inTensorOrder,
  weightMatrix,
} from '../shared/compress/quantize/int8/weighted-nodes.ts';
import type { QatPlan } from '../shared/compress/quantize/qat/qat-plan.ts';
import { findRoundedWeights } from '../shared/compress/quantize/qat/rounded-weights.ts';
import { reconstructRows } from '../shared/compress/quantize/reconstruct/reconstruct-rows.ts';
import { GraphEditor } from '../shared/onnx/graph-editor.ts';
import { float32Tensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import { floatValues } from '../shared/onnx/tensor-data.ts';

/**
 * The form with weights that lie on its grids already, by GPTQ and descent over codes and scales; the mean of what
 * is lost goes into the bias. `model`: the float32 model of the plan, whose channels the plan does not equalize.
 */
export async function reconstructedForm(
  model: Model,
  form: Model,
  { nodes }: QatPlan,
  samples: SampleSource,
  damping: number,
): Promise<Model> {
  const editor = new GraphEditor(form.graph, { irVersion: form.irVersion });
  const planned = new Map(nodes.map((node) => [keyOf(node), node]));
  const initializers = new Map(form.graph.initializers);
  const put = (name: string, values: Float32Array): void => {
    const dims = initializers.get(name)?.dims ?? [];
    initializers.set(name, float32Tensor(name, dims, values));
  };
  const { weighted } = findWeightedNodes(model);
  for await (const { node, moments } of collectMoments(model, weighted, () => samplesOf(samples))) {
    const rounded = planned.get(keyOf(node.ref))?.rounded;
    if (rounded === undefined) continue;
    const { codes: ends, scales, weight } = findRoundedWeights(editor, rounded);
    const { rows, columns, groups } = node;
    const { blocks, size, means } = moments;
    const own = rows / groups;
    const values = weightMatrix(node, floatValues(node.weight));
    const found = { codes: new Int8Array(rows * columns), scales: scales.slice() };
    const biasName = editor.consumers(rounded)[0]?.inputs[2];
    // A copy: the values of a tensor are those of the model.
    const bias =
      biasName === undefined ? undefined : floatValues(initializerOf(form, biasName)).slice();
    for (let group = 0; group < groups; group++) {
      const first = group * blocks;
      const products = moments.products
        .slice(first, first + blocks)
        .map((product, block) => (bias ? spread(product, means[first + block]) : product));
      const part = reconstructRows(
        {
          ...{ rows: own, columns, block: columns },
          values: values.subarray(group * own * columns, (group + 1) * own * columns),
          scales: scales.subarray(group * own, (group + 1) * own),
          lowest: new Int8Array(own).fill(ends.low),
          highest: new Int8Array(own).fill(ends.high),
        },
        { size, products },
        { damping },
      );
      found.codes.set(part.codes, group * own * columns);
      found.scales.set(part.scales, group * own);
      for (let row = group * own; bias && row < (group + 1) * own; row++)
        for (let column = 0; column < columns; column++) {
          const at = row * columns + column;
          const lost = (values[at] ?? 0) - (found.codes[at] ?? 0) * (found.scales[row] ?? 0);
          const mean = means[first + Math.floor(column / size)]?.[column % size] ?? 0;
          bias[row] = (bias[row] ?? 0) + lost * mean;
        }
    }
    const reals = Float32Array.from(inTensorOrder(node, found.codes));
    put(weight, onGrid(reals, found.scales, node.axis === 0 ? columns : 1));
    put(`${rounded}_scale`, found.scales);
    if (bias && biasName !== undefined) put(biasName, bias);
  }
  return { ...form, graph: { ...form.graph, initializers } };
}

/** Codes in the order of a tensor times the scales of their rows, of which `run` elements lie together. */
const onGrid = (codes: Float32Array, scales: Float32Array, run: number): Float32Array =>
  codes.map((code, at) => code * (scales[Math.floor(at / run) % scales.length] ?? 0));

function initializerOf({ graph }: Model, name: string) {
  const tensor = graph.initializers.get(name);
  if (!tensor) throw new Error(`no initializer ${name}`);
  return tensor;
}

/** E[x·xᵀ] → the covariance. */
function spread(product: Float64Array, mean: Float64Array = new Float64Array(0)): Float64Array {
  const size = mean.length;
  return product.map(
    (value, at) => value - (mean[Math.floor(at / size)] ?? 0) * (mean[at % size] ?? 0),
  );
}
