/** One model into another format, and, where asked, proof that it still gives the same outputs. */
import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DefectError, FettleError, InputError, UnsupportedError } from '../base/errors.ts';
import { withTempDir } from '../base/files.ts';
import type { NamedTensors } from '../base/tensor.ts';
import { engineFor } from '../engines/engines.ts';
import { detectReadable } from '../formats/detect.ts';
import { openData } from '../measure/data/open.ts';
import type { DataSpec } from '../measure/data/spec.ts';
import { syntheticData } from '../measure/data/synthetic.ts';
import { compareOutputs, mergeFidelity, summarizeFidelity } from '../measure/fidelity.ts';
import { acceptModel } from '../onnx/accept-model.ts';
import { openModel } from '../onnx/read-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import { raiseOpset } from '../passes/raise-opset.ts';
import { checkSourceOpset } from './check-opset.ts';
import { checkShapes, checkShapesOfData } from './check-shapes.ts';
import { fedInputs } from './data-refs.ts';
import { inspectedValue } from './inspect.ts';
import { isUsersMistake, reasonOf } from './reason.ts';
import { sourceFile } from './source-file.ts';

export interface ConvertRequest {
  readonly source: string;
  /** Its suffix names the target. */
  readonly out: string;
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  /** The opset of ai.onnx to write; the model's own by default. */
  readonly opset?: number;
  /** `true`: on synthetic inputs. */
  readonly check?: DataSpec | true;
}

export interface Conversion {
  readonly source: string;
  readonly format: string;
  readonly out: string;
  readonly target: string;
  readonly bytes: number;
  /** Against onnxruntime on the source, or golden outputs of the data. */
  readonly check?: ConversionCheck;
  /** What was odd about the source, and what was done about it. */
  readonly notes: readonly string[];
}

export type ConversionCheck =
  | {
      readonly status: 'compared';
      readonly against: 'onnxruntime' | 'golden outputs';
      readonly samples: number;
      readonly synthetic: boolean;
      readonly maxAbsError?: number;
      readonly cosine?: number;
      readonly isWithinTolerance: boolean;
    }
  /** The reference cannot run the source, so that nothing is known of what was written. */
  | { readonly status: 'not verified'; readonly reason: string };

/**
 * Cosine that float32 outputs of the same model keep when only the order of sums changes: 1 − 1e-7 for
 * usual nets; a wrong layout or a lost op gives less than 0.999.
 */
const LEAST_COSINE = 0.99999;

/** Samples that a check runs. */
const CHECK_SAMPLES = 16;

/** The target that a file name asks for. Throws {@link UnsupportedError}, {@link InputError}. */
export function targetOf(out: string): 'onnx' | 'ort' {
  const suffix = extname(out).toLowerCase();
  if (suffix === '.onnx' || suffix === '.ort') return suffix === '.onnx' ? 'onnx' : 'ort';
  if (suffix === '.tflite' || /(^|[/\\])model\.json$/.test(out)) {
    throw new UnsupportedError(`${out}: this version of Fettle writes .onnx and .ort`, {
      where: '-o',
    });
  }
  throw new InputError(`${out} names no format`, {
    where: '-o',
    hint: 'End it with .onnx or .ort.',
  });
}

/** Writes `out`, whole or not at all; a check that fails keeps it. */
export async function convertModel({
  source: named,
  out,
  inputs = {},
  opset,
  check,
}: ConvertRequest): Promise<Conversion> {
  const target = targetOf(out);
  const source = await sourceFile(named);
  refuseOverwriting(source, named, out);
  const { format } = await detectReadable(source, named);
  using opened = openModel(source);
  const { model, notes } = acceptModel(opened.model, named);
  if (Object.keys(inputs).length > 0)
    checkShapes(inputs, fedInputs(model).map(inspectedValue), named);
  if (opset === undefined && model === opened.model) await engineFor(target).build(source, out);
  else {
    await withTempDir('convert', async (folder) => {
      const changed = join(folder, 'model.onnx');
      if (opset !== undefined) checkSourceOpset(model, opset);
      writeModel(opset === undefined ? model : raiseOpset(model, opset), changed);
      await engineFor(target).build(changed, out);
    });
  }
  const checked = check && (await checkConversion(source, out, target, check, inputs));
  return {
    source: named,
    format,
    out,
    target,
    bytes: statSync(out).size,
    ...(checked && { check: checked }),
    notes,
  };
}

/** Whatever way the two paths are written. */
function refuseOverwriting(source: string, named: string, out: string): void {
  const to = statSync(out, { throwIfNoEntry: false });
  if (!to) return;
  const isSame = [source, named].some((path) => {
    const from = statSync(path, { throwIfNoEntry: false });
    return from?.ino === to.ino && from.dev === to.dev;
  });
  if (isSame)
    throw new InputError(`${out} is the model itself: it would be overwritten`, {
      where: '-o',
      hint: 'Give another file with -o.',
    });
}

async function checkConversion(
  source: string,
  out: string,
  target: string,
  check: DataSpec | true,
  shapes: Readonly<Record<string, readonly number[]>>,
): Promise<ConversionCheck> {
  try {
    return await compareWithReference(source, out, target, check, shapes);
  } catch (error) {
    if (!(error instanceof NotVerified)) throw error;
    return { status: 'not verified', reason: error.message };
  }
}

/** The reference cannot tell. Thrown and caught in this file alone. */
class NotVerified extends Error {}

/** What the reference is needed for: what it cannot do is no fault of the file that was written. */
async function ofReference<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isItsOwn =
      error instanceof FettleError && !(error instanceof DefectError) && !isUsersMistake(error);
    throw isItsOwn ? new NotVerified(reasonOf(error)) : error;
  }
}

async function compareWithReference(
  source: string,
  out: string,
  target: string,
  check: DataSpec | true,
  shapes: Readonly<Record<string, readonly number[]>>,
): Promise<ConversionCheck> {
  using opened = openModel(source);
  const { graph } = opened.model;
  const data = await ofReference(() =>
    check === true
      ? syntheticData(opened.model, { samples: CHECK_SAMPLES, seed: 0, shapes })
      : openData(check, fedInputs(opened.model), { outputs: graph.outputs }),
  );
  try {
    const { goldenOutputs } = data;
    await using reference = await ofReference(() => engineFor('onnx').open(source));
    await using converted = await engineFor(target).open(out);
    const parts = [];
    let outputs: readonly string[] = [];
    const samples = Math.min(CHECK_SAMPLES, data.length);
    for (let index = 0; index < samples; index++) {
      const feeds = await data.sample(index);
      if (index === 0) checkShapesOfData(shapes, dimsOf(feeds), source);
      const wanted = goldenOutputs
        ? goldenOutputs.output(index)
        : await ofReference(() => reference.run(feeds));
      outputs = Object.keys(wanted);
      parts.push({
        outputs,
        indices: [index],
        values: compareOutputs(wanted, await converted.run(feeds)),
      });
    }
    const summary = summarizeFidelity(mergeFidelity(parts));
    return {
      status: 'compared',
      against: goldenOutputs ? 'golden outputs' : 'onnxruntime',
      samples,
      synthetic: check === true,
      ...(summary?.maxAbsError !== undefined && { maxAbsError: summary.maxAbsError }),
      ...(summary?.cosine !== undefined && { cosine: summary.cosine }),
      isWithinTolerance:
        summary !== undefined &&
        (summary.cosine ?? 1) >= LEAST_COSINE &&
        (summary.agreement ?? 1) === 1 &&
        summary.broken === undefined,
    };
  } finally {
    await data.close();
  }
}

const dimsOf = (feeds: NamedTensors): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
