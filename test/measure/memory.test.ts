import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InputError } from '../../shared/base/errors.ts';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import { measurePeakMemory } from '../../shared/measure/memory.ts';
import { int64Tensor } from '../../shared/onnx/make-tensor.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { graph, model, node } from '../onnx/_build.ts';
import { typed } from '../runtime/_models.ts';

/** y = sum of x spread over `elements` floats: needs that many in memory, and has no weights. */
const spread = (elements: number) =>
  model(
    graph([node('Expand', ['x', 'shape'], ['wide']), node('ReduceMax', ['wide'], ['y'])], [], [], {
      initializers: new Map([['shape', int64Tensor('shape', [1], [elements])]]),
      inputs: [typed('x', 'float32', [1])],
      outputs: [typed('y', 'float32', null)],
    }),
  );
const feeds: NamedTensors = { x: { type: 'float32', dims: [1], data: new Float32Array([1]) } };

it('finds what a model adds to an idle process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fettle-test-memory-'));
  try {
    const paths = [10, 10_000_000].map((elements) => {
      const path = join(folder, `${elements}.onnx`);
      writeModel(spread(elements), path);
      return path;
    });
    const [small, large] = await Promise.all(paths.map((path) => measurePeakMemory(path, feeds)));
    expect(small?.peakBytes).toBeLessThan(5e6);
    expect(large?.peakBytes).toBeGreaterThan(38e6);
    expect(large?.peakBytes).toBeLessThan(60e6);
    expect(small?.idleBytes).toBeGreaterThan(20e6);
    await expect(measurePeakMemory(paths[0] ?? '', {})).rejects.toThrow(InputError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
