/**
 * The float32 form of a model of 2 GB made in parts by the built function, in environments of 512 MB, of files that stay
 * in the inbox, through an S3 server of this machine: the memory of each, and whether the bytes are those that one machine
 * makes. Linux alone tells the memory.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../shared/base/log.ts';
import { makeNode } from '../shared/onnx/make-node.ts';
import { bytesOf, computedTensor, float32Tensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { sourceArtifact } from '../shared/pipeline/artifact.ts';
import { prepareSource } from '../shared/pipeline/stages/prepare-source.ts';
import { prepareStep } from '../shared/pipeline/steps/prepare.ts';
import { FolderStore } from '../shared/pipeline/store/folder-store.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { roundsOf } from '../test/pipeline/distributed/_rounds-of-parts.ts';
import { benchModel, float32 } from './_bench-model.ts';
import {
  areEqual,
  bar,
  benchExecution,
  layerValues,
  memoryBars,
  partsBench,
} from './_parts-bench.ts';

/** 30 layers of 4,096 × 4,096 and a bias each: 2.01 GB. */
const LAYERS = Number(process.env.FETTLE_BENCH_LAYERS ?? 30);
const WIDTH = 4096;
const MEMORY_BAR_MB = 400;

/** Biases between the weights, and an Identity in front that an exact optimization takes out. */
function matmulModel(): Model {
  const layers = Array.from({ length: LAYERS }, (_, index) => index);
  const tensors = layers.flatMap((layer) => [
    computedTensor(`w${layer}`, 'float32', [WIDTH, WIDTH], () =>
      bytesOf(layerValues(layer, WIDTH)),
    ),
    float32Tensor(`b${layer}`, [WIDTH], layerValues(layer + 1000, 64)),
  ]);
  return benchModel({
    nodes: [
      makeNode('Identity', ['x'], ['r0']),
      ...layers.flatMap((index) => [
        makeNode('MatMul', [`r${index}`, `w${index}`], [`m${index}`]),
        makeNode('Add', [`m${index}`, `b${index}`], [`a${index}`]),
        makeNode('Relu', [`a${index}`], [`r${index + 1}`]),
      ]),
    ],
    initializers: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    input: float32('x', ['batch', WIDTH]),
    output: float32(`r${LAYERS}`, ['batch', WIDTH]),
  });
}

async function main(folder: string): Promise<boolean> {
  const path = join(folder, 'model.onnx');
  const { bytes, files } = writeModel(matmulModel(), path, { external: 'always' });
  console.log(`${(bytes / 1e9).toFixed(2)} GB of float32 weights`);
  await using bench = await partsBench(folder, ['look', 'layout', 'part']);
  const { inbox, store, s3, site, work, peaks } = bench;
  const artifact = await sourceArtifact(path);
  const places = [];
  for (const file of files) {
    const name = file.slice(folder.length + 1);
    await inbox.upload(name, file);
    places.push({ bucket: 'inbox', key: name, path: name });
  }
  const execution = await benchExecution(path, folder, {
    [artifact.digest]: { entry: 'model.onnx', files: places },
  });
  const started = performance.now();
  const { result, rounds } = await roundsOf(
    (context) => prepareSource(artifact, undefined, context),
    { execution, site, run: work },
  );
  const seconds = (performance.now() - started) / 1000;
  let holds = memoryBars(peaks, MEMORY_BAR_MB);
  const steps = [...new Set(rounds.flat())].join(', ');
  holds = bar('steps', steps, 'in parts', !rounds.flat().includes('prepare')) && holds;
  const left = s3.openUploads('outbox').length;
  holds = bar('open uploads', `${left}`, 'none', left === 0) && holds;

  const own = new FolderStore(join(folder, 'store'));
  const local = await prepareStep.run(
    { source: artifact },
    {
      ...{ store: own, tempDir: folder, log: silentLog, progress: () => {} },
      locate: async () => path,
    },
  );
  const pairs = [
    [result.model.digest, local.model.digest],
    [result.model.external?.[0]?.digest, local.model.external?.[0]?.digest],
  ] as const;
  let isSame = true;
  for (const [joined, whole] of pairs)
    isSame =
      isSame &&
      joined !== undefined &&
      joined === whole &&
      areEqual(await store.pathOf(joined), await own.pathOf(whole));
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
