/** What every engine promises. An engine's test calls this; it runs where the engine is available. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import { openSession } from '../../shared/runtime/session.ts';

const MODEL = fileURLToPath(
  new URL('../fixtures/tensorflow/digits_cnn/model.onnx', import.meta.url),
);

const image = (seed: number): NamedTensors => ({
  image: {
    type: 'float32',
    dims: [1, 8, 8, 1],
    data: Float32Array.from({ length: 64 }, (_, i) => ((i * seed) % 17) / 16),
  },
});

export function engineContract(engine: Engine): void {
  describe(`engine contract: ${engine.target}`, async () => {
    const availability = await engine.available();
    const dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
    afterAll(() => rmSync(dir, { recursive: true }));

    test('says whether it is available, and why not', () => {
      if (!availability.available) expect(availability.reason.length).toBeGreaterThan(10);
      expect(engine.suffix).toMatch(/^\.[a-z]+$/);
    });

    test.runIf(availability.available)('what it builds gives what the model gives', async () => {
      const path = join(dir, 'new folder', `model${engine.suffix}`);
      await engine.build(MODEL, path);
      expect(readdirSync(join(dir, 'new folder'))).toEqual([`model${engine.suffix}`]);
      await using built = await engine.open(path);
      await using source = await openSession(MODEL);
      expect(built.inputs.map(({ name }) => name)).toEqual(['image']);
      for (const seed of [1, 5, 11]) {
        const { output_0: got } = await built.run(image(seed));
        const { output_0: wanted } = await source.run(image(seed));
        expect(got?.dims).toEqual([1, 10]);
        const errors = Array.from({ length: 10 }, (_, i) =>
          Math.abs(Number(got?.data[i]) - Number(wanted?.data[i])),
        );
        // float32 sums in another order: a few units in the last place of probabilities.
        expect(Math.max(...errors)).toBeLessThan(1e-5);
      }
    });

    test.runIf(availability.available)(
      'a model that is none is refused and leaves nothing',
      async () => {
        const bad = join(dir, 'bad.onnx');
        writeFileSync(bad, 'not a model');
        const place = join(dir, 'none');
        await expect(engine.build(bad, join(place, `model${engine.suffix}`))).rejects.toMatchObject(
          {
            exitCode: expect.toSatisfy((code: number) => code === 2 || code === 3),
          },
        );
        expect(readdirSync(place)).toEqual([]);
      },
    );
  });
}
