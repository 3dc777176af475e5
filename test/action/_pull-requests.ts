/** Many pull requests of one model, as mode: local measures them. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir } from '../../shared/base/files.ts';
import { silentLog } from '../../shared/base/log.ts';
import { createRandom } from '../../shared/base/random.ts';
import { bytesOf, rawTensor } from '../../shared/onnx/make-tensor.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { compareJobs } from '../../shared/pipeline/compare-jobs.ts';
import { resolveJob } from '../../shared/pipeline/job.ts';
import { openLocalContext } from '../../shared/pipeline/local/open-context.ts';
import { silentProgress } from '../../shared/pipeline/progress.ts';
import type { Report } from '../../shared/report/schema.ts';
import { EXAMPLES } from '../pipeline/inline-context.ts';

/** What a pull request of the issue is given. */
const SECONDS = '3 s';

/** Layers of 128 × 128 over a batch of 16: some tenths of a millisecond. */
const WIDTH = 128;
const LAYERS = 40;

/** Of pull requests that save the model of the demo again, those that are red. */
export async function countAlarms(runs: number): Promise<number> {
  const folder = makeTempDir('alarms');
  const [base, head] = [join(folder, 'base.onnx'), join(folder, 'head.onnx')];
  copyFileSync(join(EXAMPLES, 'digits.onnx'), base);
  using opened = openModel(base);
  writeFileSync(head, encodeModel({ ...opened.model, producerName: 'saved again' }));
  const reports = await compareOften(base, head, runs);
  return reports.filter(({ verdict }) => verdict === 'regressed' || verdict === 'failed').length;
}

/** Of pull requests that make a model 5 % slower, those that call it so. */
export async function countSlower(runs: number): Promise<number> {
  const folder = makeTempDir('slower');
  const [base, head] = [join(folder, 'base.onnx'), join(folder, 'head.onnx')];
  writeFileSync(base, encodeModel(stack(LAYERS)));
  writeFileSync(head, encodeModel(stack(LAYERS * 1.05)));
  const reports = await compareOften(base, head, runs);
  return reports.filter(({ models }) =>
    models.some(({ variants }) => variants.some(({ latency }) => latency?.verdict === 'slower')),
  ).length;
}

async function compareOften(base: string, head: string, runs: number): Promise<Report[]> {
  const context = await openLocalContext({
    storeFolder: makeTempDir('store'),
    log: silentLog,
    progress: silentProgress,
    remeasure: true,
  });
  const job = resolveJob({
    source: head,
    folder: EXAMPLES,
    settings: { variants: ['float32'], seconds: SECONDS },
    where: String,
  });
  const reports = [];
  for (let run = 0; run < runs; run++) {
    const models = [{ job, base: { path: base, shown: 'base' } }];
    reports.push(await compareJobs(models, context, { head: { label: 'head' } }));
  }
  return reports;
}

function stack(layers: number) {
  const random = createRandom(1, 'stack');
  const nodes = Array.from({ length: layers }, (_, i) => `h${i + 1} = MatMul (h${i}, w${i})`);
  const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[16,${WIDTH}] h0) => (float[16,${WIDTH}] h${layers}) { ${nodes.join(' ')} }`);
  const weights = Array.from({ length: layers }, (_, i) => {
    const values = Float32Array.from(
      { length: WIDTH * WIDTH },
      () => random.normal() / Math.sqrt(WIDTH),
    );
    return rawTensor(`w${i}`, 'float32', [WIDTH, WIDTH], bytesOf(values));
  });
  const initializers = new Map(weights.map((tensor) => [tensor.name, tensor]));
  return { ...model, graph: { ...model.graph, initializers } };
}
