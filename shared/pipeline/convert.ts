/** `fettle convert`: a model from one format to another, and a check that both compute the same. */
import { statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { InputError, UnsupportedError } from '../base/errors.ts';
import { withTempDir } from '../base/files.ts';
import { engineFor } from '../engines/engines.ts';
import { type OpenedSource, openSource } from '../formats/open-source.ts';
import type { DataSpec } from '../measure/data/spec.ts';
import { fedInputs } from '../onnx/fed-inputs.ts';
import type { Model } from '../onnx/model.ts';
import { moveModel, type WrittenModel, writeModel } from '../onnx/write-model.ts';
import { writeReferring } from '../onnx/write-referring.ts';
import { optimizeExact } from '../passes/optimize-exact.ts';
import { raiseOpset } from '../passes/raise-opset.ts';
import { openSession } from '../runtime/session.ts';
import { checkSourceOpset, checkWrittenOpset } from './check-opset.ts';
import { checkShapes, type Shapes } from './check-shapes.ts';
import { inspectedValue } from './inspect.ts';
import { sourceFile } from './source-file.ts';
import type { Verification } from './verify/verify-conversion.ts';

export interface ConvertRequest {
  /** A model file or folder, as the user named it. */
  readonly source: string;
  /** Where to write; its suffix names the target. */
  readonly out: string;
  /** Of inputs with free dimensions, for the check. */
  readonly shapes?: Shapes;
  /** The opset of ai.onnx to write; by default the model's own, or the lowest that expresses it. */
  readonly opset?: number;
  /** Which part of a model that holds several graphs. */
  readonly signature?: string;
  /** Tensors at which the graph is cut. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** `true`: on synthetic inputs. */
  readonly check?: DataSpec | true;
}

export interface Conversion {
  readonly source: string;
  readonly format: string;
  readonly out: string;
  readonly target: string;
  readonly bytes: number;
  readonly check?: Verification;
  /** What was odd about the source, and what was done about it. */
  readonly notes: readonly string[];
}

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

/** Writes `out`, whole or not at all, and never what onnxruntime would refuse; a check that fails keeps it. */
export async function convertModel(request: ConvertRequest): Promise<Conversion> {
  const { source: named, out, shapes = {}, check } = request;
  const target = targetOf(out);
  const file = await sourceFile(named);
  refuseOverwriting(file, named, out);
  using source = await openSource(file, readOptions(request));
  if (Object.keys(shapes).length > 0)
    checkShapes(shapes, fedInputs(source.model).map(inspectedValue), named);
  const model = await modelToWrite(source, request.opset);
  const isTested = source.format !== 'onnx';
  await (target === 'onnx' ? writeOnnx(model, out, isTested) : buildFrom(model, out, isTested));
  const checked =
    check &&
    (await (
      await import('./verify/check-conversion.ts')
    ).checkConversion(source, file, target, request));
  return {
    source: named,
    format: source.format,
    out,
    target,
    bytes: statSync(out).size,
    ...(checked && { check: checked }),
    notes: source.notes,
  };
}

/** Beside its place first: what passes the test is moved there, not written once more. */
async function writeOnnx(model: Model, out: string, isTested: boolean): Promise<void> {
  const stage = async (folder: string): Promise<void> => {
    const staged = join(folder, basename(out));
    const written = writeModel(model, staged);
    if (isTested) await loadTest(model, mappedForm(model, written, folder), out);
    moveModel(written, dirname(out));
  };
  await withTempDir('convert', stage, dirname(out));
}

/** As the engine of the target makes it of ONNX. */
async function buildFrom(model: Model, out: string, isTested: boolean): Promise<void> {
  await withTempDir('convert', async (folder) => {
    const staged = writeMapped(model, folder);
    if (isTested) await loadTest(model, staged, out);
    await engineFor(targetOf(out)).build(staged, out);
  });
}

/** Weights in the model are copied by onnxruntime: up to this many bytes that costs less than a second file does. */
const MAPPED_ABOVE_BYTES = 4 << 20;

/**
 * The model as onnxruntime loads it without copying its weights: a second file names the places where they lie in the
 * first one, from which they are mapped. It takes 1.7 GB of memory for 1.6 GB inside the model.
 */
function mappedForm(model: Model, { files, bytes, places }: WrittenModel, folder: string): string {
  const [path = '', data] = files;
  if (bytes <= MAPPED_ABOVE_BYTES || data !== undefined) return path;
  const form = join(folder, 'mapped-weights.onnx');
  writeReferring(model, form, { placeOf: (tensor) => places.get(tensor) });
  return form;
}

/** With the weights in a file beside it, from which onnxruntime maps them. */
function writeMapped(model: Model, folder: string): string {
  const path = join(folder, 'mapped-weights.onnx');
  writeModel(model, path, { external: 'always' });
  return path;
}

/** Throws as onnxruntime refuses it. Every kernel is looked up; what only makes it faster is left out. */
async function loadTest(model: Model, path: string, out: string): Promise<void> {
  const session = await openSession(
    { model, path, name: basename(out) },
    {
      optimization: 'disabled',
      plansMemory: false,
      extra: { 'session.disable_prepacking': '1' },
    },
  );
  await session.close();
}

function readOptions({ source, opset, signature, inputs, outputs }: ConvertRequest) {
  return {
    shown: source,
    ...(opset !== undefined && { opset }),
    ...(signature !== undefined && { signature }),
    ...(inputs && { inputs }),
    ...(outputs && { outputs }),
  };
}

/** ONNX as it is, in the opset asked for; what was read of other formats with every exact rewrite done. */
async function modelToWrite(
  { model, format, types }: OpenedSource,
  opset: number | undefined,
): Promise<Model> {
  if (format === 'onnx') {
    if (opset === undefined) return model;
    checkSourceOpset(model, opset);
    return raiseOpset(model, opset);
  }
  const { model: optimized } = await optimizeExact(model, types ? { types } : {});
  checkWrittenOpset(optimized, opset);
  return optimized;
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
