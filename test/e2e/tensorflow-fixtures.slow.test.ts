/** Every fixture in every format, through `fettle convert`, against the outputs that TensorFlow gave. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { convertModel } from '../../shared/pipeline/convert.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import {
  digitsAccuracy,
  fixtureBar,
  fixtureErrors,
  fixturePath,
  hasIntegerInputs,
  referenceAccuracy,
  TENSORFLOW_FIXTURES,
} from './_tensorflow-fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-test-'));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeSharedProcess();
});

test('all fixtures are there', () => {
  expect(TENSORFLOW_FIXTURES.length).toBeGreaterThan(35);
});

describe.each(TENSORFLOW_FIXTURES)('$path', (fixture) => {
  test.skipIf(hasIntegerInputs(fixture))('gives what TensorFlow gave', async () => {
    const out = join(folder, `${fixture.path.replaceAll('/', '-')}.onnx`);
    await convertModel({ source: fixturePath(fixture), out });
    const errors = await fixtureErrors(fixture, out);
    expect(errors.length).toBeGreaterThan(0);
    for (const { error } of errors) expect(error).toBeLessThanOrEqual(fixtureBar(fixture));
    if (fixture.case === 'digits_cnn')
      expect(await digitsAccuracy(out)).toBeCloseTo(referenceAccuracy, 2);
  });
});
