import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { int4WasmModule } from '../../../../../scripts/write-int4-wasm.ts';

it('is what its source says', async () => {
  const path = '../../../../../shared/compress/quantize/weights/kernels/int4-blocks-wasm.ts';
  expect(readFileSync(new URL(path, import.meta.url), 'utf8')).toBe(await int4WasmModule());
});
