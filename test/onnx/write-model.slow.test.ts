import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { LimitError } from '../../shared/base/errors.ts';
import { createRandom } from '../../shared/base/random.ts';
import { computedTensor, float32Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { readRaw } from '../../shared/onnx/tensor-data.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { machineHas } from '../e2e/machine-has.ts';
import { graph, model, node } from './_build.ts';
import { DEV_MODELS } from './_dev-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOfWeights = (count: number, each: number): Model =>
  model(
    graph([node('Identity', ['w0'], ['y'])], [], ['y'], {
      initializers: new Map(
        Array.from({ length: count }, (_, index) => {
          const compute = (): Uint8Array => new Uint8Array(each).fill(index);
          return [`w${index}`, computedTensor(`w${index}`, 'uint8', [each], compute)];
        }),
      ),
    }),
  );

it('puts weights beside the model from 1.9 GB on, of itself', () => {
  const path = join(folder, 'large.onnx');
  const { files, bytes } = writeModel(bytesOfWeights(20, 100_000_000), path);
  expect(files).toEqual([path, `${path}.data`]);
  expect(bytes).toBeGreaterThan(2e9);
  expect(statSync(path).size).toBeLessThan(10_000);
  using opened = openModel(path);
  const last = opened.model.graph.initializers.get('w19');
  expect(last && Buffer.compare(readRaw(last), Buffer.alloc(100_000_000, 19))).toBe(0);
  rmSync(`${path}.data`);
});

it('external data of models by others: onnxruntime computes the same', async () => {
  const { default: ort } = await import('onnxruntime-node');
  const source = DEV_MODELS['ocr rec'] ?? '';
  const path = join(folder, 'rec.onnx');
  using opened = openModel(source);
  expect(writeModel(opened.model, path, { external: 'always' }).files).toHaveLength(2);
  const random = createRandom(3);
  const data = Float32Array.from({ length: 3 * 48 * 64 }, () => random.float());
  const outputs = await Promise.all(
    [source, path].map(async (file) => {
      const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
      const result = await session.run({ x: new ort.Tensor('float32', data, [1, 3, 48, 64]) });
      return Object.values(result)[0]?.data;
    }),
  );
  expect(outputs[1]).toEqual(outputs[0]);
});

/** A small file system of its own, which only root may make. */
function smallDisk(path: string): boolean {
  try {
    mkdirSync(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

const disk = join(folder, 'disk');
const hasDisk = machineHas(
  smallDisk(disk),
  'the right to mount a small file system',
  'Run it as root.',
);
afterAll(() => {
  if (hasDisk) execFileSync('umount', [disk]);
});

it.skipIf(!hasDisk)('says that the disk is full, and leaves nothing half-written', () => {
  const path = join(disk, 'm.onnx');
  writeFileSync(path, 'old');
  for (const external of ['never', 'always'] as const)
    expect(() => writeModel(bytesOfWeights(4, 100_000), path, { external })).toThrow(LimitError);
  expect(readdirSync(disk)).toEqual(['m.onnx']);
  expect(readFileSync(path, 'utf8')).toBe('old');
  const fits = model(
    graph([], [], [], { initializers: new Map([['w', float32Tensor('w', [1], [1])]]) }),
  );
  expect(writeModel(fits, path).bytes).toBeLessThan(1000);
});
