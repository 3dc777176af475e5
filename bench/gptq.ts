/**
 * `int4` with its matrices to the nearest codes and by output error, on labelled data that no choice saw: what the
 * metric says, how many decisions agree with float32, how far outputs are, and how long it takes.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectingLog } from '../shared/base/log.ts';
import { Referee } from '../shared/compress/quantize/int8/search/referee.ts';
import { reconstructWeights } from '../shared/compress/quantize/reconstruct/reconstruct-weights.ts';
import { applyWeightPlan } from '../shared/compress/quantize/weights/apply-weights.ts';
import { planWeights } from '../shared/compress/quantize/weights/plan-weights.ts';
import type { DataSet } from '../shared/measure/data/data-set.ts';
import { openData } from '../shared/measure/data/open.ts';
import { planSplit, type SamplePart } from '../shared/measure/data/split.ts';
import { scoreTable } from '../shared/measure/evaluate.ts';
import type { Metric } from '../shared/measure/metrics/metric.ts';
import { openMetric } from '../shared/measure/metrics/metrics.ts';
import type { Model } from '../shared/onnx/model.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { optimizeExact } from '../shared/passes/optimize-exact.ts';
import type { ModelConfig } from '../shared/pipeline/config/schema.ts';
import { describeRounding } from '../shared/pipeline/variants/make-int4.ts';
import { describePlan } from '../shared/pipeline/variants/make-weights.ts';
import { inferTypes } from '../shared/runtime/infer-types.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { FASHION_MNIST, fashion, ocrLines } from './_labelled-data.ts';

interface Case {
  readonly name: string;
  readonly config: (folder: string) => Promise<ModelConfig>;
  readonly needs?: string;
}

const CASES: readonly Case[] = [
  { name: 'fashion', config: fashion, needs: FASHION_MNIST },
  { name: 'ocr-rec', config: ocrLines },
];

/** A part of a set as samples numbered from 0. */
const partOf = (set: DataSet | undefined, part: SamplePart | undefined) => ({
  length: part?.indices.length ?? 0,
  sample: async (index: number) => (await set?.sample(part?.indices[index] ?? -1)) ?? {},
});

/** The metric's value of a variant, kept beside what the referee says. */
function judgeOf(metric: Metric, set: DataSet, part: SamplePart) {
  const seen = { value: Number.NaN };
  return {
    seen,
    statistics: (index: number, outputs: Parameters<Metric['statistics']>[0]) => {
      const label = set.label(part.indices[index] ?? -1);
      return metric.statistics(outputs, label === undefined ? {} : { label });
    },
    judge: (base: readonly (readonly number[])[], variant: readonly (readonly number[])[]) => {
      const metricOf = (rows: readonly (readonly number[])[]) =>
        metric.aggregate(
          scoreTable({
            metric: metric.name,
            width: rows[0]?.length ?? 0,
            indices: rows.map((_, row) => row),
            values: rows.flat(),
          }),
        );
      seen.value = metricOf(variant);
      return { difference: seen.value - metricOf(base), isNonInferior: true };
    },
  };
}

async function measure({ name, config }: Case, folder: string): Promise<void> {
  const { source, data } = await config(folder);
  if (source === undefined || data === undefined || typeof data === 'string') return;
  using opened = openModel(source);
  const { model } = await optimizeExact(opened.model);
  const inputs = model.graph.inputs.filter((input) => !model.graph.initializers.has(input.name));
  const roles = ['all', 'calibration', 'evaluation'] as const;
  const sets: Partial<Record<(typeof roles)[number], DataSet>> = {};
  for (const role of roles) {
    const spec = data[role];
    if (spec) sets[role] = await openData(spec, inputs);
  }
  const split = planSplit(sets, { seed: 0 });
  const set = (part: SamplePart | undefined) =>
    part && part.source !== 'training' ? sets[part.source] : undefined;
  const metric = await openMetric(
    { name: data.metric ?? 'fidelity', ...(data.alphabet && { alphabet: data.alphabet }) },
    { allowModules: false },
  );
  const plan = planWeights(model, 'int4', await inferTypes(model), { hardware: 'x64' });
  console.log(`\n${name}: ${describePlan(plan)}`);
  const log = collectingLog();
  const started = process.cpuUsage();
  const found = await reconstructWeights(model, plan, {
    calibration: partOf(set(split.calibration), split.calibration),
    selection: { samples: partOf(set(split.selection), split.selection) },
    // On a machine of its own it takes less than the 150 s of `fettle optimize`.
    ...{ seconds: 3600, log },
  });
  const seconds = process.cpuUsage(started).user / 1e6;
  for (const line of log.lines) console.log(`  ${line}`);
  const rounding = describeRounding(found.plan, found.samples) ?? 'nearest codes are kept';
  console.log(`  ${rounding}: ${seconds.toFixed(1)} s of CPU time beside onnxruntime's`);
  const judged = split.evaluation;
  const judgedSet = set(judged);
  if (!judged || !judgedSet) return;
  const judge = judgeOf(metric, judgedSet, judged);
  const samples = partOf(judgedSet, judged);
  const referee = await Referee.of(model, samples, {}, samples.length, judge);
  const rows: readonly [string, Model][] = [
    ['float32', model],
    ['nearest', applyWeightPlan(model, plan)],
    ['output error', found.model],
  ];
  for (const [what, variant] of rows) {
    const { damage, agreement } = await referee.score(variant);
    const value = `${metric.name} ${(100 * judge.seen.value).toFixed(2)} %`;
    const agreed = `${(100 * agreement).toFixed(2)} % agree`;
    console.log(
      `  ${what.padEnd(13)} ${value}, ${agreed}, damage ${damage.toPrecision(3)} on ${referee.samples} samples`,
    );
  }
}

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
try {
  for (const one of CASES) {
    if (wanted.length > 0 && !wanted.includes(one.name)) continue;
    if (one.needs !== undefined && !existsSync(one.needs))
      console.log(`\n${one.name}: left out, ${one.needs} is not there`);
    else await measure(one, folder);
  }
} finally {
  rmSync(folder, { recursive: true });
  await closeSharedProcess();
}
