/** What the worst files cost before they are refused, and damage to models of real size. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FettleError } from '../../shared/base/errors.ts';
import { createRandom } from '../../shared/base/random.ts';
import { decodeModel } from '../../shared/onnx/read-model.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';
import { ROOT } from '../architecture/sources.ts';
import { DEV_MODELS } from './_dev-models.ts';
import { EXHAUSTING, field, nestedGraphs } from './_hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'model.onnx');

interface Cost {
  readonly outcome: string;
  readonly milliseconds: number;
  readonly megabytes: number;
}

function costOfOpening(): Cost {
  const script = join(ROOT, 'test/onnx/_open-hostile.ts');
  return JSON.parse(execFileSync(process.execPath, [script, path], { encoding: 'utf8' }));
}

describe.skipIf(process.platform !== 'linux')('costs less than 1 s and 200 MB', () => {
  it.each(Object.entries(EXHAUSTING))('64 MB of %s', (_name, make) => {
    writeFileSync(path, make(64 * 2 ** 20));
    const { outcome, milliseconds, megabytes } = costOfOpening();
    expect(outcome).toMatch(/^(a model|exit [23]: )/);
    expect(milliseconds).toBeLessThan(1000);
    expect(megabytes).toBeLessThan(200);
  });

  it('100,000 graphs in each other', () => {
    writeFileSync(path, field(7, nestedGraphs(100_000)));
    const { outcome, milliseconds } = costOfOpening();
    expect(outcome).toContain('nested more than');
    expect(milliseconds).toBeLessThan(1000);
  });

  it('a file of a terabyte that is a hole', () => {
    writeFileSync(path, field(7, [0x12, 1, 103]));
    truncateSync(path, 2 ** 40);
    const { outcome, milliseconds, megabytes } = costOfOpening();
    expect(outcome).toContain('exit 2');
    expect(milliseconds).toBeLessThan(1000);
    expect(megabytes).toBeLessThan(200);
  });
});

/** @throws whatever is not an error for the user. */
function mayFail(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof FettleError) || error.exitCode > 3) throw error;
  }
}

it('digits: cut off at every byte', () => {
  const bytes = new Uint8Array(readFileSync(DEV_MODELS.digits ?? ''));
  for (let length = 0; length < bytes.length; length++)
    mayFail(() => decodeModel(bytes.subarray(0, length)));
});

it.each(['digits', 'bilstm', 'silero legacy', 'blazeface front'])(
  '%s: 3,000 versions with flipped bits, the structure hit as often as the weights',
  (name) => {
    const random = createRandom(5, name);
    const bytes = new Uint8Array(readFileSync(DEV_MODELS[name] ?? ''));
    for (let round = 0; round < 3000; round++) {
      const at = random.below(round % 2 === 0 ? bytes.length : Math.min(20_000, bytes.length));
      const flip = 1 << random.below(8);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      mayFail(() => {
        const model = decodeModel(bytes);
        if (round % 50 === 0) encodeModel(model);
      });
      bytes[at] = (bytes[at] ?? 0) ^ flip;
    }
  },
);
