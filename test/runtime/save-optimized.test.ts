import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { InputError, UnsupportedError } from '../../shared/base/errors.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { saveOptimized } from '../../shared/runtime/save-optimized.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { graph, model, node } from '../onnx/_build.ts';
import { inDomain, typed } from './_models.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-test-save-'));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeSharedProcess();
});
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});

/** y = x + (a + a), of which the sum in brackets is constant. */
const small = model(
  graph([node('Add', ['a', 'a'], ['b']), node('Add', ['x', 'b'], ['y'])], [], [], {
    initializers: new Map([['a', float32Tensor('a', [2], [1, 2])]]),
    inputs: [typed('x', 'float32', [2])],
    outputs: [typed('y', 'float32', [2])],
  }),
);

describe('saveOptimized', () => {
  it('writes a .ort file that runs the same', async () => {
    const path = join(folder, 'small.ort');
    await saveOptimized(small, path, { format: 'ort' });
    expect(readFileSync(path).subarray(4, 8).toString()).toBe('ORTM');
    await using session = await openSession(path);
    const { y } = await session.run({
      x: { type: 'float32', dims: [2], data: new Float32Array([5, 5]) },
    });
    expect(y?.data).toEqual(new Float32Array([7, 9]));
    expect(readdirSync(folder)).toEqual(['small.ort']);
  });

  it('writes ONNX with constants folded', async () => {
    const path = join(folder, 'small.onnx');
    await saveOptimized(small, path, { format: 'onnx' });
    using saved = openModel(path);
    expect(saved.model.graph.nodes.map(({ opType }) => opType)).toEqual(['Add']);
  });

  it('replaces an old file only by a whole new one', async () => {
    const path = join(folder, 'kept.ort');
    writeFileSync(path, 'old');
    const broken = model(
      { ...small.graph, nodes: [inDomain('com.acme', node('Twist', ['x'], ['y']))] },
      {
        opsets: new Map([
          ['', 17],
          ['com.acme', 1],
        ]),
      },
    );
    await expect(saveOptimized(broken, path, { format: 'ort' })).rejects.toThrow(UnsupportedError);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['kept.ort']);
    await saveOptimized(small, path, { format: 'ort' });
    expect(readFileSync(path).length).toBeGreaterThan(100);
  });

  it('refuses a place that cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'small.ort');
    await expect(saveOptimized(small, path, { format: 'ort' })).rejects.toThrow(InputError);
  });
});
