/**
 * A model of 3 GB made int8 in parts by the built function, in environments of 512 MB that get only their part of the
 * weights, through an S3 server of this machine: whether it ends, the memory of each, and whether the bytes are those
 * that one machine makes. Linux alone tells the memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '../shared/base/brand.ts';
import { silentLog } from '../shared/base/log.ts';
import { makeNode } from '../shared/onnx/make-node.ts';
import { bytesOf, computedTensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { type CompressInput, compressStep } from '../shared/pipeline/steps/compress.ts';
import { FolderStore } from '../shared/pipeline/store/folder-store.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { roundsOfParts } from '../test/pipeline/distributed/_rounds-of-parts.ts';
import { benchModel, float32 } from './_bench-model.ts';
import {
  areEqual,
  bar,
  benchExecution,
  layerValues,
  memoryBars,
  partsBench,
} from './_parts-bench.ts';

/** 45 layers of 4,096 × 4,096: 3.02 GB, and a quarter of it in int8. */
const LAYERS = Number(process.env.FETTLE_BENCH_LAYERS ?? 45);
const WIDTH = 4096;

const MEMORY_BAR_MB = 400;
const SHARDS = 3;

function matmulModel(): Model {
  const layers = Array.from({ length: LAYERS }, (_, index) => index);
  const weights = layers.map((layer) =>
    computedTensor(`w${layer}`, 'float32', [WIDTH, WIDTH], () =>
      bytesOf(layerValues(layer, WIDTH)),
    ),
  );
  return benchModel({
    nodes: layers.flatMap((index) => [
      makeNode('MatMul', [`r${index}`, `w${index}`], [`m${index}`]),
      makeNode('Relu', [`m${index}`], [`r${index + 1}`]),
    ]),
    initializers: new Map(weights.map((weight) => [weight.name, weight])),
    input: float32('r0', ['batch', WIDTH]),
    output: float32(`r${LAYERS}`, ['batch', WIDTH]),
  });
}

async function main(folder: string): Promise<boolean> {
  const path = join(folder, 'model.onnx');
  const { bytes } = writeModel(matmulModel(), path, { external: 'always' });
  console.log(`${(bytes / 1e9).toFixed(2)} GB of float32 weights`);
  await using bench = await partsBench(folder, ['layout', 'part']);
  const { store, s3, site, work, peaks } = bench;
  const data = await store.putFile(`${path}.data`);
  const model = {
    digest: await store.putFile(path),
    ...{ bytes, suffix: '.onnx' },
    external: [{ location: 'model.onnx.data', digest: data }],
  };
  const input: CompressInput = {
    ...{ model, variant: 'int8-weights', hardware: 'x64' as const },
    ...{ data: {}, split: model.digest, seed: 0 },
  };
  const execution = await benchExecution(path, folder);
  const started = performance.now();
  const { result } = await roundsOfParts(input, execution, site, work);
  const seconds = (performance.now() - started) / 1000;
  let holds = memoryBars(peaks, MEMORY_BAR_MB);
  const parts = peaks.length - 1;
  if (LAYERS === 45) holds = bar('parts', `${parts}`, `${SHARDS}`, parts === SHARDS) && holds;
  const left = s3.openUploads('outbox').length;
  holds = bar('open uploads', `${left}`, 'none', left === 0) && holds;
  if (result?.status !== 'done') return bar('result', JSON.stringify(result), 'done', false);

  const own = new FolderStore(join(folder, 'store'));
  const places = new Map<Digest, string>([[model.digest, path]]);
  const local = await compressStep.run(input, {
    ...{ store: own, tempDir: folder, log: silentLog, progress: () => {} },
    locate: async (digest) => places.get(digest) ?? own.pathOf(digest),
  });
  if (local.status !== 'done') return bar('local', JSON.stringify(local), 'done', false);
  const files = [result, local].map(({ model: made }) => made.digest);
  const [joined, whole] = [
    await store.pathOf(result.model.digest),
    await own.pathOf(local.model.digest),
  ];
  const isSame = files[0] === files[1] && areEqual(joined, whole);
  const size = `${(result.model.bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(0)} s, ${isSame ? 'equal' : 'OTHERWISE'}`;
  return bar('bytes', size, 'equal', isSame) && holds;
}

const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
try {
  if (!(await main(folder))) process.exitCode = 1;
} finally {
  await closeSharedProcess();
  rmSync(folder, { recursive: true });
}
