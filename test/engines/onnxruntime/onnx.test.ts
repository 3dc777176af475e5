import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { onnxEngine } from '../../../shared/engines/onnxruntime/onnx.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { engineContract } from '../../contracts/engine.ts';

engineContract(onnxEngine);

test('external data moves with the model under the new name', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  try {
    using opened = openModel(
      fileURLToPath(new URL('../../fixtures/tensorflow/digits_cnn/model.onnx', import.meta.url)),
    );
    writeModel(opened.model, join(dir, 'big.onnx'), { external: 'always' });
    await onnxEngine.build(join(dir, 'big.onnx'), join(dir, 'out', 'copy.onnx'));
    await using session = await onnxEngine.open(join(dir, 'out', 'copy.onnx'));
    expect(session.outputs.map(({ name }) => name)).toEqual(['output_0']);
    expect(readdirSync(join(dir, 'out')).length).toBeGreaterThan(0);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
