/**
 * Published models of TensorFlow.js and TensorFlow Lite, those of the slow tests: each converted by the whole process
 * of the built package (`npm run build` first), and the file that was written held against the source's own runtime.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NamedTensors } from '../shared/base/tensor.ts';
import { litertReference } from '../shared/engines/references/litert.ts';
import type { Reference } from '../shared/engines/references/reference.ts';
import { tfjsReference } from '../shared/engines/references/tfjs.ts';
import type { ReadSource } from '../shared/formats/source-model.ts';
import { readTfjs } from '../shared/formats/tfjs/read-tfjs.ts';
import { readTflite } from '../shared/formats/tflite/read-tflite.ts';
import type { Graph } from '../shared/onnx/model.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import {
  photograph,
  removeUnpacked,
  TFJS_MODELS,
  TFJS_TOLERANCE,
} from '../test/e2e/_tfjs-models.ts';
import { type Agreement, agree, isWithin } from '../test/formats/tfjs/_agree.ts';
import {
  MEDIAPIPE_MODELS,
  mediapipePath,
  pictureFor,
} from '../test/formats/tflite/_mediapipe-models.ts';
import { runBuilt, unmeasurable } from './_whole-process.ts';

const SHARE_BAR = 0.95;

interface Asset {
  readonly name: string;
  readonly format: 'tfjs' | 'tflite';
  readonly read: ReadSource;
  readonly reference: Reference;
  readonly path: () => string;
  readonly feeds: (graph: Graph) => Promise<NamedTensors>;
  readonly agrees: (output: Agreement) => boolean;
}

const ASSETS: readonly Asset[] = [
  ...Object.entries(TFJS_MODELS).map(
    ([name, path]): Asset => ({
      name,
      format: 'tfjs',
      read: readTfjs,
      reference: tfjsReference,
      path,
      feeds: photograph,
      agrees: (output) => isWithin(output, TFJS_TOLERANCE),
    }),
  ),
  ...MEDIAPIPE_MODELS.map(
    ([name, low, tolerance]): Asset => ({
      name: name.slice(name.indexOf('/') + 1),
      format: 'tflite',
      read: readTflite,
      reference: litertReference,
      path: () => mediapipePath(name),
      feeds: async (graph) => pictureFor(graph, low),
      agrees: ({ error }) => error <= tolerance,
    }),
  ),
];

/** Of the model and its weights. */
function bytesOf(path: string): number {
  if (path.endsWith('.tflite')) return statSync(path).size;
  const json = path.endsWith('.json') ? path : join(path, 'model.json');
  const { weightsManifest }: { readonly weightsManifest: readonly { paths: string[] }[] } =
    JSON.parse(readFileSync(json, 'utf8'));
  const shards = new Set(weightsManifest.flatMap(({ paths }) => paths));
  return [...shards].reduce(
    (sum, shard) => sum + statSync(join(dirname(json), shard)).size,
    statSync(json).size,
  );
}

type Outcome = 'agrees' | 'differs' | 'refused';

async function judge(asset: Asset, folder: string): Promise<Outcome> {
  const { name, format, read, reference, feeds, agrees } = asset;
  const path = asset.path();
  const out = join(folder, 'model.onnx');
  const { code, stderr, cpu, peak } = await runBuilt('convert', path, '-o', out, '--quiet');
  const cost = `${cpu.toFixed(2)} s CPU  ${peak.toFixed(0).padStart(4)} MB`;
  const start = `${name.padEnd(32)} ${format.padEnd(6)} ${(bytesOf(path) / 1e6).toFixed(1).padStart(5)} MB  ${cost}`;
  if (code !== 0) {
    console.log(`${start}  refused: ${stderr.trim()}`);
    return 'refused';
  }
  const { agreements: outputs } = await agree({ read, reference, format, path }, feeds, out);
  const worst = (which: 'error' | 'wobble'): number =>
    Math.max(...outputs.map((output) => output[which]));
  const differing = outputs.filter((output) => !agrees(output));
  const moved = `${worst('error').toExponential(1)} (rounding moves it by ${worst('wobble').toExponential(1)})`;
  console.log(
    `${start}  ${moved}${differing.length === 0 ? '' : `  DIFFERS in ${differing.map(({ output }) => output).join(', ')}`}`,
  );
  return differing.length === 0 ? 'agrees' : 'differs';
}

async function main(): Promise<boolean> {
  const outcomes: Outcome[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    console.log(
      'Largest difference of an output, as a part of its largest value, from what TensorFlow.js or LiteRT gives:\n' +
        'within the tolerance of the tests, for tfjs or 20 times what rounding its inputs otherwise moves it by.\n',
    );
    for (const asset of ASSETS) outcomes.push(await judge(asset, folder));
  } finally {
    rmSync(folder, { recursive: true });
    removeUnpacked();
    await closeSharedProcess();
  }
  const count = (wanted: Outcome): number => outcomes.filter((one) => one === wanted).length;
  const share = count('agrees') / outcomes.length;
  const isKept = share >= SHARE_BAR && count('differs') === 0;
  console.log(
    `\n${count('agrees')} of ${outcomes.length} convert and agree, ${count('refused')} are refused, ${count('differs')} differ: ` +
      `${(share * 100).toFixed(1)} %  bar ≥ ${SHARE_BAR * 100} %, none differs  ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

const reason = unmeasurable();
if (reason) console.log(`not measured: ${reason}`);
else if (!(await main())) process.exitCode = 1;
