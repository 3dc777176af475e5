import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { applyWeightPlan } from '../../../shared/compress/quantize/weights/apply-weights.ts';
import { planWeights } from '../../../shared/compress/quantize/weights/plan-weights.ts';
import { planFiles } from '../../../shared/onnx/file-plan.ts';
import { writeWindow } from '../../../shared/onnx/file-windows.ts';
import { computedTensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { openModel } from '../../../shared/onnx/read-model.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { type FileLayout, layOutFile } from '../../../shared/pipeline/variants/weight-parts.ts';
import { largeModel } from '../_large-model.ts';

const folder = makeTempDir('test');
const source = join(folder, 'source.onnx');
writeModel(largeModel(), source, { external: 'always' });
const DATA = 'source.onnx.data';
const CHUNK = 1 << 14;

function quantized(from: Model): Model {
  const options = { hardware: 'x64' } as const;
  return applyWeightPlan(from, planWeights(from, 'int8-weights', undefined, options));
}

/** The files of the whole, and how each is laid out. */
function layouts(chunks: number) {
  using opened = openModel(source, { readable: new Map([[DATA, []]]) });
  const plan = planFiles(quantized(opened.model), 'out.onnx.data', 'always');
  const sizes = { bytes: chunks * CHUNK, chunk: CHUNK };
  return [
    layOutFile('model', plan.model, sizes),
    plan.data && layOutFile('data', plan.data, sizes),
  ].map((layout) => layout ?? expect.fail('not laid out'));
}

function make({ file, pieces }: FileLayout): Buffer {
  const parts = pieces.map((piece, index) => {
    if (piece.kind === 'kept')
      return readFileSync(join(folder, piece.location)).subarray(
        piece.from,
        piece.from + piece.length,
      );
    const ranges = piece.reads.find(({ location }) => location === DATA)?.ranges ?? [];
    using own = openModel(source, { readable: new Map([[DATA, ranges]]) });
    const plan = planFiles(quantized(own.model), 'out.onnx.data', 'always');
    const path = join(folder, `${file}-${index}-${Math.random()}`);
    writeWindow(file === 'model' ? plan.model : (plan.data ?? plan.model), piece, path);
    return readFileSync(path);
  });
  return Buffer.concat(parts);
}

describe('two files in parts', () => {
  using opened = openModel(source);
  const whole = join(folder, 'out.onnx');
  writeModel(quantized(opened.model), whole, { external: 'always' });

  it.each([1, 2, 3, 7])('of %i chunks are the files that one machine writes', (chunks) => {
    const [model, data] = layouts(chunks);
    expect(model && make(model).equals(readFileSync(whole))).toBe(true);
    expect(data && make(data).equals(readFileSync(`${whole}.data`))).toBe(true);
  });

  it('begin at chunks, and none is larger than it may be', () => {
    for (const { pieces, bytes } of layouts(3)) {
      let at = 0;
      for (const { kind, offset, length } of pieces) {
        expect(offset).toBe(at);
        expect(offset % CHUNK).toBe(0);
        if (kind === 'made') expect(length).toBeLessThanOrEqual(3 * CHUNK);
        at += length;
      }
      expect(at).toBe(bytes);
    }
  });

  it('take what stays as it is from the source, all at once', () => {
    const kept = layouts(1)[1]?.pieces.filter(({ kind }) => kind === 'kept') ?? [];
    // 614,400 bytes that are added are 37.5 chunks, of which the first and the last are in part something else.
    expect(kept).toHaveLength(1);
    expect(kept[0]?.length).toBeGreaterThanOrEqual(35 * CHUNK);
  });

  it('read the weights of their own codes, and scales the weights of all', () => {
    const [model, data] = layouts(1);
    const reads = (layout: FileLayout | undefined) =>
      (layout?.pieces ?? []).map((piece) =>
        piece.kind === 'kept'
          ? 0
          : piece.reads
              .flatMap(({ ranges }) => ranges)
              .reduce((sum, { length }) => sum + length, 0),
      );
    // Scales of less than 1 KB stay in the model: they are the peaks of all seven weights.
    expect(reads(model)).toEqual([6 * 96 * 96 * 4 + 96 * 64 * 4]);
    // A chunk of codes is less than two products, and touches three at most.
    for (const bytes of reads(data)) expect(bytes).toBeLessThanOrEqual(3 * 96 * 96 * 4);
  });
});

it('where a tensor does not tell its sources there is no layout', () => {
  const model = largeModel(1);
  const silent = computedTensor('w0', 'float32', [96, 96], () => new Uint8Array(96 * 96 * 4));
  const initializers = new Map(model.graph.initializers).set('w0', silent);
  const plan = planFiles({ ...model, graph: { ...model.graph, initializers } }, 'x', 'never');
  expect(layOutFile('model', plan.model, { bytes: CHUNK, chunk: CHUNK })).toBeUndefined();
});
