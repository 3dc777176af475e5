import { afterAll, describe, expect, test } from 'vitest';
import type { Digest } from '../../../shared/base/brand.ts';
import { digestBytes } from '../../../shared/base/digest.ts';
import {
  DefectError,
  type FettleError,
  LimitError,
  ModelError,
  TimeLimitError,
  ToolError,
  UnsupportedError,
} from '../../../shared/base/errors.ts';
import { silentProgress } from '../../../shared/pipeline/progress.ts';
import { type Measured, Measurements } from '../../../shared/pipeline/stages/measure.ts';
import type { DoneBuild } from '../../../shared/pipeline/stages/model-work.ts';
import { refuseUnrunnable } from '../../../shared/pipeline/stages/refuse-unrunnable.ts';
import { TaskRunner } from '../../../shared/pipeline/task-runner.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { type DigitsWork, digitsWork } from '../digits-work.ts';

afterAll(closeSharedProcess);

const failed = (failure: FettleError, more: Partial<Measured> = {}): Measured => ({
  failure,
  notes: [],
  ...more,
});

const OTHER = digestBytes(new Uint8Array(1));

/** The base and one variant, with what is known of them. */
async function refuse(
  base: Measured,
  variant: Measured,
  change: (work: DigitsWork) => Partial<DigitsWork> = () => ({}),
  options?: { readonly hasFiles: boolean },
): Promise<void> {
  const work = await digitsWork();
  const build = (name: string, digest: Digest): DoneBuild => ({
    variant: name,
    hardware: 'x64',
    target: 'onnx',
    isRow: true,
    result: {
      status: 'done',
      value: {
        artifact: { ...work.prepared.model, digest },
        facts: { facts: work.prepared.facts, notes: [] },
      },
    },
  });
  const { digest } = work.prepared.model;
  const measurements = new Measurements();
  const { machine } = work.context;
  Object.assign(measurements.entry(machine, { digest }), base);
  Object.assign(measurements.entry(machine, { digest: OTHER }), variant);
  const builds = [build('float32', digest), build('int8', OTHER)];
  await refuseUnrunnable({ ...work, ...change(work) }, builds, measurements, options);
}

const custom = new UnsupportedError('no op my:Baz');
const synthetic = ({ samples }: DigitsWork) => ({ samples: { ...samples, isSynthetic: true } });

describe('a model of which nothing ran', () => {
  test('is refused with what was wrong with its base', async () => {
    await expect(refuse(failed(custom), failed(new ToolError('later')))).rejects.toBe(custom);
    const crash = new ToolError('onnxruntime died');
    await expect(refuse(failed(crash), failed(crash))).rejects.toBe(crash);
  });

  test('is kept when anything is known of it', async () => {
    await refuse(failed(custom), failed(custom, { peakBytes: 1 }));
    const score = { samples: 1, isSameOutput: true };
    await refuse(failed(custom, { score }), failed(custom));
  });

  test('is refused when its time ran out: nobody knows whether it ends', async () => {
    const limit = new TimeLimitError('the time ran out');
    await expect(refuse(failed(limit), failed(limit))).rejects.toBe(limit);
  });

  test('is kept when memory ran out, or when other inputs may do', async () => {
    const limit = new LimitError('memory ran out');
    await refuse(failed(limit), failed(limit));
    const crash = new ToolError('onnxruntime failed while running');
    await refuse(failed(crash), failed(crash), synthetic);
    // Nothing would be left to show.
    const measured = refuse(failed(crash), failed(crash), synthetic, { hasFiles: false });
    await expect(measured).rejects.toBe(crash);
    const stopped = refuse(failed(limit), failed(limit), undefined, { hasFiles: false });
    await expect(stopped).rejects.toBe(limit);
    await expect(refuse(failed(custom), failed(custom), synthetic)).rejects.toBe(custom);
  });

  test('is kept where this machine was not to run it', async () => {
    const work = await digitsWork();
    await refuseUnrunnable(work, [], new Measurements());
    await refuse({ notes: [] }, { notes: [] });
  });
});

test('what onnxruntime takes no float32 form of is our fault, unless it does not take the source', async () => {
  const invalid = failed(new ModelError('model.onnx is not a valid model'));
  await expect(refuse(invalid, invalid)).rejects.toThrow(DefectError);
  const dead = new TaskRunner(
    { execute: () => Promise.reject(custom), close: async () => {} },
    silentProgress,
  );
  await expect(refuse(invalid, invalid, () => ({ tasks: dead }))).rejects.toBe(invalid.failure);
});
