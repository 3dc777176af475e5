/**
 * Static int8 without search. What it costs on PP-OCRv4 rec with 64 samples, whole processes, beside
 * onnxruntime's `quant_pre_process` and `quantize_static` over all operators; and how fast MobileNetV2 is after it.
 * With `FETTLE_PEERS_PYTHON` (see peers/static_int8.py) the tools are measured in turn with ours; without it
 * the figures that were measured once stand in.
 *
 * MobileNetV2 has random weights: they amplify every rounding from layer to layer, so that a search would keep the
 * early layers in float for outputs that mean nothing.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../shared/base/log.ts';
import { quantizeInt8 } from '../shared/compress/quantize/int8/quantize-int8.ts';
import { openNpz } from '../shared/measure/data/npz.ts';
import { openData } from '../shared/measure/data/open.ts';
import { FULL_PROTOCOL } from '../shared/measure/latency/protocol.ts';
import { judgeSamples, measureLatency } from '../shared/measure/latency/time.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { optimizeExact } from '../shared/passes/optimize-exact.ts';
import { prepareInt8 } from '../shared/pipeline/variants/make-int8.ts';
import { closeSharedProcess, sharedProcess } from '../shared/runtime/shared-process.ts';
import { mobileNet, ocrImages, PP_OCR_REC } from './_labelled-data.ts';

const METHODS = { 'min-max': 'MinMax', percentile: 'Percentile' } as const;
type Method = keyof typeof METHODS;
const OURS = { 'min-max': 'min-max', percentile: 'percentile-99.999' } as const;

interface Figures {
  /** Seconds. */
  readonly cpu: number;
  readonly wall: number;
  /** MB, of the largest process. */
  readonly peak: number;
  /** MB, of all processes, where there are several. */
  readonly together?: number;
}

/** onnxruntime 1.32 on a quiet machine, imports included. */
const KNOWN: Readonly<Record<Method, Figures>> = {
  'min-max': { cpu: 18, wall: 18, peak: 559 },
  percentile: { cpu: 73, wall: 73, peak: 13_100 },
};
const BARS: Readonly<Record<Method, { readonly cpu: number; readonly peak: number }>> = {
  'min-max': { cpu: 1 / 3, peak: 1 / 2 },
  percentile: { cpu: 1 / 6, peak: 1 / 30 },
};
const LEAST_SPEEDUP = 1.4;
const SAMPLES = 64;

async function quantize(
  source: string,
  samples: string,
  out: string,
  method: Method,
): Promise<void> {
  using opened = openModel(source);
  const model = await prepareInt8((await optimizeExact(opened.model)).model);
  const data = await openData({ path: samples }, model.graph.inputs);
  const made = await quantizeInt8(model, {
    hardware: 'x64',
    calibration: { length: Math.min(SAMPLES, data.length), sample: (index) => data.sample(index) },
    seed: 0,
    seconds: 0,
    method: OURS[method],
    log: silentLog,
  });
  writeModel(made.model, out);
  await data.close();
}

/** Of this process and the one that runs models. */
async function figures(): Promise<Figures> {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const { pid } = sharedProcess();
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const peak = (id: number | string | undefined): number =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) / 1024;
  const peaks = [peak('self'), peak(pid)] as const;
  return {
    cpu: (userCPUTime + systemCPUTime) / 1e6 + (user + system) / 100,
    wall: performance.now() / 1000,
    peak: Math.max(...peaks),
    together: peaks[0] + peaks[1],
  };
}

function run(command: string, args: readonly string[]): Figures {
  const output = execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

function compareCosts(samples: string, folder: string): boolean {
  const python = process.env.FETTLE_PEERS_PYTHON;
  const self = fileURLToPath(import.meta.url);
  const peer = fileURLToPath(new URL('peers/static_int8.py', import.meta.url));
  // Below opset 13 the tools write a model that does not load: they get a raised one, which is not timed.
  const raised = join(folder, 'raised.onnx');
  if (python) execFileSync(python, [peer, 'raise', PP_OCR_REC, raised]);
  console.log(
    `PP-OCRv4 rec; onnxruntime's tools ${python ? 'measured in turn' : 'measured once, on another machine'}`,
  );
  let holds = true;
  for (const [method, theirs] of Object.entries(METHODS) as [Method, string][]) {
    const own = run(process.execPath, [
      self,
      method,
      PP_OCR_REC,
      samples,
      join(folder, 'own.onnx'),
    ]);
    const other = python
      ? run(python, [peer, theirs, raised, samples, join(folder, 'peer.onnx')])
      : KNOWN[method];
    console.log(
      `  ${method.padEnd(10)} our two processes together: ${own.together?.toFixed(0)} MB`,
    );
    for (const [name, key, unit] of [
      ['CPU time', 'cpu', 's'],
      ['peak memory', 'peak', 'MB'],
    ] as const) {
      const isKept = own[key] <= other[key] * BARS[method][key];
      holds &&= isKept;
      const both = `${own[key].toFixed(1)} ${unit} of ${other[key].toFixed(1)} ${unit}`;
      console.log(
        `  ${method.padEnd(10)} ${name.padEnd(12)} ${both.padEnd(24)} ratio ${(own[key] / other[key]).toFixed(3)}  bar ≤ ${BARS[method][key].toFixed(3)}  ${isKept ? 'holds' : 'BROKEN'}`,
      );
    }
  }
  return holds;
}

async function compareSpeed(folder: string): Promise<boolean> {
  const { source, path } = await mobileNet(folder);
  const out = join(folder, 'mobilenet.int8.onnx');
  await quantize(source, path, out, 'min-max');
  const pictures = await openNpz(path, path);
  const image = (await pictures.open('image')).slice(0, 0, 1);
  const candidate = (file: string) => ({ name: file, path: file, feeds: { image } });
  const protocol = { ...FULL_PROTOCOL, seconds: 30 };
  const { variants } = await measureLatency(candidate(source), [candidate(out)], { protocol });
  const [outcome] = variants;
  if (outcome?.status !== 'done') throw new Error('MobileNetV2 could not be timed');
  const { ratio, low, high } = judgeSamples(outcome.samples);
  const isKept = 1 / ratio >= LEAST_SPEEDUP;
  console.log(
    `MobileNetV2 224²: ${(1 / ratio).toFixed(2)} × as fast [${(1 / high).toFixed(2)}, ${(1 / low).toFixed(2)}]  bar ≥ ${LEAST_SPEEDUP}  ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

const [task, source = '', samples = '', out = ''] = process.argv.slice(2);
if (task === 'min-max' || task === 'percentile') {
  await quantize(source, samples, out, task);
  console.log(JSON.stringify(await figures()));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    const lines = await ocrImages('ocr-calibration', join(folder, 'lines.npz'));
    const costs = compareCosts(lines, folder);
    if (!((await compareSpeed(folder)) && costs)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
await closeSharedProcess();
