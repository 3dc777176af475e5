/**
 * Converting models of keras.applications, whole processes of the built package (`npm run build` first), beside
 * `python -m tf2onnx.convert` on the same SavedModel: CPU time, peak memory, what the results look like and how
 * fast they run. Models are made by Keras, so it needs `FETTLE_PEERS_PYTHON` (see peers/convert.py).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOutput } from '../shared/measure/check-output.ts';
import { openNpz } from '../shared/measure/data/npz.ts';
import { FULL_PROTOCOL } from '../shared/measure/latency/protocol.ts';
import { judgeSamples, measureLatency } from '../shared/measure/latency/time.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { openSession } from '../shared/runtime/session.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';

const ALL = [
  'MobileNetV2',
  'MobileNetV3Small',
  'EfficientNetB0',
  'ResNet50',
  'InceptionV3',
  'DenseNet121',
  'ConvNeXtTiny',
  'NASNetMobile',
  'Xception',
];
const RUNS = 5;
const CPU_BAR = 1 / 20;
const MEMORY_BAR = 1 / 6;
/** Of the largest output. */
const ERROR_BAR = 1e-5;
/** Slower than the peer's result only within what one run differs from the next. */
const SPEED_BAR = 1.03;

interface Figures {
  /** Seconds. */
  readonly cpu: number;
  readonly wall: number;
  /** MB, of the largest process. */
  readonly peak: number;
  readonly code: number;
  readonly error: string;
}

const python = process.env.FETTLE_PEERS_PYTHON;
const peer = fileURLToPath(new URL('peers/convert.py', import.meta.url));
const cli = fileURLToPath(new URL('../dist/shared/cli/main.js', import.meta.url));

function ask(...args: readonly string[]): Record<string, unknown> {
  const text = execFileSync(python ?? 'python3', [peer, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(text.trim().split('\n').at(-1) ?? '{}');
}

function measured(...command: readonly string[]): Figures {
  const { cpu, wall, peak, code, error } = ask('measure', ...command);
  return {
    cpu: Number(cpu),
    wall: Number(wall),
    peak: Number(peak),
    code: Number(code),
    error: String(error),
  };
}

const ours = (source: string, out: string): Figures =>
  measured(process.execPath, cli, 'convert', source, '-o', out, '--quiet');

function bar(label: string, value: number, limit: number, text: string): boolean {
  const isKept = value <= limit;
  console.log(
    `  ${label.padEnd(14)} ${text.padEnd(34)} bar ≤ ${limit.toPrecision(3)}  ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

/** The largest error of the first output, of its largest value. */
async function errorOf(path: string, data: string): Promise<number> {
  const arrays = await openNpz(data, data);
  await using session = await openSession(path);
  const [input] = session.inputs;
  const [output] = session.outputs;
  if (!input || !output) throw new Error(`${path} has no input or output`);
  const name = arrays.names.find((one) => one !== 'outputs') ?? '';
  const x = await arrays.open(name);
  const wanted = await arrays.open('outputs');
  const given = await session.run({ [input.name]: x.slice(0, 0, x.dims[0] ?? 1) });
  const check = checkOutput(
    output.name,
    wanted.slice(0, 0, wanted.dims[0] ?? 1),
    given[output.name],
  );
  return check.broken > 0 ? Number.POSITIVE_INFINITY : check.maxAbsError / check.magnitude;
}

function opsOf(path: string): {
  readonly transposes: number;
  readonly norms: number;
  readonly nodes: number;
} {
  using opened = openModel(path);
  const count = (op: string): number =>
    opened.model.graph.nodes.filter(({ opType }) => opType === op).length;
  return {
    transposes: count('Transpose'),
    norms: count('BatchNormalization'),
    nodes: opened.model.graph.nodes.length,
  };
}

async function ratioOf(base: string, own: string, data: string): Promise<[number, number, number]> {
  const arrays = await openNpz(data, data);
  const name = arrays.names.find((one) => one !== 'outputs') ?? '';
  const image = (await arrays.open(name)).slice(0, 0, 1);
  const candidate = async (path: string) => {
    using opened = openModel(path);
    return { name: path, path, feeds: { [opened.model.graph.inputs[0]?.name ?? '']: image } };
  };
  const protocol = { ...FULL_PROTOCOL, seconds: 20 };
  const { variants } = await measureLatency(await candidate(base), [await candidate(own)], {
    protocol,
  });
  const [outcome] = variants;
  if (outcome?.status !== 'done') throw new Error('the two results could not be timed');
  const { ratio, low, high } = judgeSamples(outcome.samples);
  return [ratio, low, high];
}

async function compare(name: string, folder: string): Promise<boolean> {
  console.log(name);
  const base = join(folder, name);
  if (!existsSync(`${base}.npz`)) ask('make', folder, name);
  const theirs = measured(
    ...[python ?? '', '-m', 'tf2onnx.convert', '--opset', '18'],
    ...['--saved-model', `${base}_saved`, '--output', join(folder, 'peer.onnx')],
  );
  const out = join(folder, 'own.onnx');
  let holds = true;
  // The SavedModel last: its result is the one that is compared with theirs.
  for (const source of [`${base}.keras`, `${base}.h5`, `${base}_saved`]) {
    const shown = source.slice(base.length);
    rmSync(out, { force: true });
    // Half a second is soon disturbed: the middle of five. Theirs takes long enough by itself.
    const runs = Array.from({ length: RUNS }, () => ours(source, out));
    const failed = runs.find(({ code }) => code !== 0);
    const own = runs.toSorted((a, b) => a.cpu - b.cpu)[Math.floor(RUNS / 2)];
    if (failed || !own) {
      console.log(`  ${shown}: NOT CONVERTED: ${failed?.error}`);
      holds = false;
      continue;
    }
    const error = await errorOf(out, `${base}.npz`);
    holds = bar(`${shown} error`, error, ERROR_BAR, error.toExponential(1)) && holds;
    const [cpu, memory] = [own.cpu / theirs.cpu, own.peak / theirs.peak];
    const seconds = `${own.cpu.toFixed(2)} s of ${theirs.cpu.toFixed(1)} s: ${cpu.toFixed(4)}`;
    holds = bar(`${shown} CPU`, cpu, CPU_BAR, seconds) && holds;
    const peak = `${own.peak.toFixed(0)} MB of ${theirs.peak.toFixed(0)} MB: ${memory.toFixed(3)}`;
    holds = bar(`${shown} memory`, memory, MEMORY_BAR, peak) && holds;
  }
  return existsSync(out) && (await compareResults(base, folder)) && holds;
}

async function compareResults(base: string, folder: string): Promise<boolean> {
  const [own, theirs] = [join(folder, 'own.onnx'), join(folder, 'peer.onnx')];
  const mine = opsOf(own);
  let holds = bar('BatchNorm left', mine.norms, 0, `${mine.nodes} nodes`);
  try {
    // What does not run is no model to compare nodes with.
    const [ratio, low, high] = await ratioOf(theirs, own, `${base}.npz`);
    const peers = opsOf(theirs);
    const transposes = `${mine.transposes} of ${peers.transposes}`;
    holds = bar('Transposes', mine.transposes, peers.transposes, transposes) && holds;
    const text = `${ratio.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] of theirs`;
    return bar('latency', low, SPEED_BAR, text) && holds;
  } catch (error) {
    console.log(
      `  their result does not run: ${error instanceof Error ? error.message.slice(0, 120) : error}`,
    );
    return holds;
  }
}

if (!python || !existsSync(cli)) {
  console.log(
    python
      ? 'not measured: build the package first (npm run build)'
      : 'not measured: set FETTLE_PEERS_PYTHON to a Python with TensorFlow and tf2onnx (bench/peers/convert.py)',
  );
} else {
  const kept = process.env.FETTLE_BENCH_MODELS;
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  const names = process.env.FETTLE_BENCH_NAMES?.split(',') ?? ALL;
  try {
    for (const name of names) if (!(await compare(name, folder))) process.exitCode = 1;
  } finally {
    if (!kept) rmSync(folder, { recursive: true });
    await closeSharedProcess();
  }
}
