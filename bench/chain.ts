/**
 * `slim-50+int8-qat` by `fettle run`, as users run it: on the digits of the demo (1,347 training images, 450 test images)
 * and on those of the package `mnist` (8,000 and 2,000), whose net (Keras's example for MNIST) our trainer makes first. Three seeds.
 *
 * `npm run bench -- chain`
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asNumbers, numbersOf } from '../shared/measure/data/convert.ts';
import { openNpz } from '../shared/measure/data/npz.ts';
import { encodeModel } from '../shared/onnx/write-model.ts';
import type { ModelConfig } from '../shared/pipeline/config/schema.ts';
import { describeMachine } from '../shared/runtime/machine.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { npy, writeNpz } from '../test/measure/data/numpy-files.ts';
import { train } from './_classifiers.ts';
import type { Row } from './_fettle-run.ts';
import { mnistDigits, samplesOf } from './_mnist.ts';
import { MNIST_CONVNET, smallCnn } from './_small-cnn.ts';
import { judge, runVariants } from './_trained-variants.ts';

const SEEDS = [1, 2, 3];
const CHAIN = 'slim-50+int8-qat';
const FLOAT = { epochs: 12, rate: 3e-3, seed: 1 };

async function main(): Promise<boolean> {
  const { cpu, features } = await describeMachine();
  console.log(`${cpu}: ${features.join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    const nets = [
      { name: 'digits', config: await digits(folder), size: 1 / 4 },
      { name: 'mnist', config: await mnist(folder), size: 1 / 8 },
    ];
    let holds = true;
    for (const { name, config, size } of nets) {
      const rows: Row[] = [];
      for (const seed of SEEDS) {
        const own = join(folder, `${name}-${seed}`);
        mkdirSync(own);
        const made = runVariants(own, name, { ...config, seed, variants: [CHAIN] });
        rows.push(...made.filter((row) => row.name === CHAIN));
      }
      const bars = { 'points lost': [0.5, '≤'], size: [size, '≤'] } as const;
      holds = judge(`${name}, ${CHAIN}`, rows, bars) && holds;
    }
    return holds;
  } finally {
    rmSync(folder, { recursive: true });
    await closeSharedProcess();
  }
}

/** What Fettle splits off the training images is chosen on. */
function dataOf(folder: string, name: string, training: Images, evaluation: Images) {
  const file = ({ dims, images, labels }: Images, part: string): { path: string } => {
    const path = join(folder, `${name}-${part}.npz`);
    const x = npy([labels.length, ...dims], images);
    writeNpz(path, { x, y: npy([labels.length], labels) }, { compressed: false });
    return { path };
  };
  return {
    training: file(training, 'training'),
    evaluation: file(evaluation, 'evaluation'),
    metric: 'top1',
  };
}

interface Images {
  /** Of one. */
  readonly dims: readonly number[];
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

async function digits(folder: string): Promise<ModelConfig> {
  const read = async (path: string, scale: number): Promise<Images> => {
    const file = await openNpz(at(path), path);
    const [x, y] = [await file.open('x'), await file.open('y')];
    const count = x.dims[0] ?? 0;
    const pixels = Float32Array.from(
      asNumbers(numbersOf(x.slice(0, 0, count), 'x')),
      (value) => value / scale,
    );
    const labels = Uint8Array.from(asNumbers(numbersOf(y.slice(0, 0, count), 'y')));
    return { dims: x.dims.slice(1), images: pixels, labels };
  };
  const training = await read('test/fixtures/digits-training/train.npz', 16);
  const evaluation = await read('examples/digits/test.npz', 1);
  return {
    source: at('examples/digits/digits.keras'),
    data: dataOf(folder, 'digits', training, evaluation),
  };
}

async function mnist(folder: string): Promise<ModelConfig> {
  const { training, test } = mnistDigits();
  const source = join(folder, 'mnist.onnx');
  writeFileSync(
    source,
    encodeModel(await train(smallCnn(1, MNIST_CONVNET), samplesOf(training), FLOAT)),
  );
  const dims = [1, 28, 28];
  return { source, data: dataOf(folder, 'mnist', { dims, ...training }, { dims, ...test }) };
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

if (!(await main())) process.exitCode = 1;
