/**
 * int4 and float16 of a 300 MB MatMul model, whole processes: time and memory beside onnxruntime's
 * tools. With `FETTLE_PEERS_PYTHON` (see peers/weight_only.py) those are measured in turn with ours; without it the
 * figures that were measured once stand in.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../shared/base/random.ts';
import { applyFloat16 } from '../shared/compress/quantize/float16/apply-float16.ts';
import { planFloat16 } from '../shared/compress/quantize/float16/plan-float16.ts';
import { applyWeightPlan } from '../shared/compress/quantize/weights/apply-weights.ts';
import { planWeights } from '../shared/compress/quantize/weights/plan-weights.ts';
import { makeNode } from '../shared/onnx/make-node.ts';
import { bytesOf, computedTensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { benchModel, float32 } from './_bench-model.ts';

const VARIANTS = ['int4', 'float16'] as const;
type Variant = (typeof VARIANTS)[number];

interface Figures {
  /** Seconds. */
  readonly cpu: number;
  readonly wall: number;
  /** MB. */
  readonly peak: number;
}

/** onnxruntime 1.32's tools on a quiet machine: `MatMulNBitsQuantizer` and `convert_float_to_float16`, imports included. */
const KNOWN: Readonly<Record<Variant, Figures>> = {
  int4: { cpu: 4.7, wall: 4.7, peak: 689 },
  float16: { cpu: 6.8, wall: 6.8, peak: 1509 },
};
const TIME_BAR = 1 / 3;
const MEMORY_BAR = 1 / 4;
/** Fresh processes for each figure; the median counts, because the machine is not ours alone. */
const ROUNDS = 5;

/** 18 layers of 2,048 × 2,048: 302 MB. */
const LAYERS = 18;
const WIDTH = 2048;

function matmulModel(): Model {
  const random = createRandom(1);
  const value = (name: string) => float32(name, ['batch', WIDTH]);
  const layers = Array.from({ length: LAYERS }, (_, index) => index);
  const weights = layers.map((index) => {
    const compute = () =>
      bytesOf(Float32Array.from({ length: WIDTH * WIDTH }, () => random.normal() * 0.02));
    return computedTensor(`w${index}`, 'float32', [WIDTH, WIDTH], compute);
  });
  return benchModel({
    nodes: layers.flatMap((index) => [
      makeNode('MatMul', [`r${index}`, `w${index}`], [`m${index}`]),
      makeNode('Relu', [`m${index}`], [`r${index + 1}`]),
    ]),
    initializers: new Map(weights.map((weight) => [weight.name, weight])),
    input: value('r0'),
    output: value(`r${LAYERS}`),
  });
}

/** The work of one process, and what it took since its start. */
function make(variant: Variant, source: string, out: string): Figures {
  using opened = openModel(source);
  const { model } = opened;
  const made =
    variant === 'float16'
      ? applyFloat16(model, planFloat16(model, undefined))
      : applyWeightPlan(model, planWeights(model, 'int4', undefined, { hardware: 'x64' }));
  writeModel(made, out);
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    wall: performance.now() / 1000,
    peak: peakMegabytes(),
  };
}

/** Linux keeps the process's own peak; what `resourceUsage` tells there begins with its parent's. */
function peakMegabytes(): number {
  try {
    const own = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return Number(own) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

function run(command: string, args: readonly string[]): Figures {
  const output = execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function main(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  const self = fileURLToPath(import.meta.url);
  const peerScript = fileURLToPath(new URL('peers/weight_only.py', import.meta.url));
  const python = process.env.FETTLE_PEERS_PYTHON;
  let holds = true;
  try {
    const source = join(folder, 'source.onnx');
    run(process.execPath, [self, 'source', source]);
    const peers = python ? 'measured in turn' : 'measured once, on another machine';
    console.log(`median of ${ROUNDS} fresh processes; onnxruntime's tools ${peers}\n`);
    for (const variant of VARIANTS) {
      const out = join(folder, 'out.onnx');
      const peerOut = join(folder, 'peer.onnx');
      const ours: Figures[] = [];
      const theirs: Figures[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(run(process.execPath, [self, variant, source, out]));
        theirs.push(python ? run(python, [peerScript, variant, source, peerOut]) : KNOWN[variant]);
      }
      const size = (statSync(out).size / statSync(source).size).toFixed(3);
      console.log(`${variant}: ${size} of the size`);
      const bars = [
        ['CPU time', 'cpu', 's', TIME_BAR],
        ['wall time', 'wall', 's', TIME_BAR],
        ['peak memory', 'peak', 'MB', MEMORY_BAR],
      ] as const;
      for (const [name, key, unit, bar] of bars) {
        const own = median(ours.map((figures) => figures[key]));
        const other = median(theirs.map((figures) => figures[key]));
        const isKept = own <= other * bar;
        holds &&= isKept;
        const figures = `${own.toFixed(2)} ${unit} of ${other.toFixed(2)} ${unit}`;
        console.log(
          `  ${name.padEnd(12)} ${figures.padEnd(26)} ratio ${(own / other).toFixed(2)}  bar ≤ ${bar.toFixed(2)}  ${isKept ? 'holds' : 'BROKEN'}`,
        );
      }
    }
    return holds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [task, source = '', out = ''] = process.argv.slice(2);
const variant = VARIANTS.find((name) => name === task);
if (variant) console.log(JSON.stringify(make(variant, source, out)));
else if (task === 'source') {
  writeModel(matmulModel(), source);
  console.log('{}');
} else if (!main()) process.exitCode = 1;
