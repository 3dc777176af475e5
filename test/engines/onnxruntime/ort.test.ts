import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ortEngine } from '../../../shared/engines/onnxruntime/ort.ts';
import { engineContract } from '../../contracts/engine.ts';

engineContract(ortEngine);

test('writes the format that it is named after', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  try {
    await ortEngine.build(
      fileURLToPath(new URL('../../fixtures/tensorflow/digits_cnn/model.onnx', import.meta.url)),
      join(dir, 'm.ort'),
    );
    expect(readFileSync(join(dir, 'm.ort')).subarray(4, 8).toString()).toBe('ORTM');
  } finally {
    rmSync(dir, { recursive: true });
  }
});
