import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeModel, writeModel } from '../../../shared/onnx/write-model.ts';
import { sourceArtifact } from '../../../shared/pipeline/artifact.ts';
import { type DataRefs, referToData, type Sources } from '../../../shared/pipeline/data-refs.ts';
import { splitStep } from '../../../shared/pipeline/steps/split.ts';
import { describeRounding, makeInt4 } from '../../../shared/pipeline/variants/make-int4.ts';
import { makeWeights } from '../../../shared/pipeline/variants/make-weights.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { NETWORK, togetherSource } from '../../compress/quantize/reconstruct/_network.ts';
import { npy, writeNpz } from '../../measure/data/numpy-files.ts';
import { inlineContext, toolsOf } from '../inline-context.ts';

afterAll(closeSharedProcess);

const context = inlineContext();
const sources: Sources = {};
const tools = toolsOf(context, sources);

/** Rows that move together, as a file. */
async function rowsFile(name: string, samples: number): Promise<{ readonly path: string }> {
  const path = join(context.folder, name);
  const source = togetherSource(samples / 16);
  const rows: number[] = [];
  for (let index = 0; index < source.length; index++)
    rows.push(...Array.from((await source.sample(index)).x?.data ?? [], Number));
  writeNpz(path, { x: npy([samples, 96], Float32Array.from(rows)) });
  return { path };
}

async function make(data: DataRefs) {
  const path = join(context.folder, 'network.onnx');
  writeModel(NETWORK, path);
  const model = await sourceArtifact(path);
  sources[model.digest] = path;
  const given = { model, data, seed: 0, needsTraining: false };
  const { split } = await splitStep.run(given, tools());
  const input = { ...{ model, data, split, seed: 0 }, variant: 'int4', hardware: 'x64' as const };
  return await makeInt4(NETWORK, input, tools());
}

test('with data the matrices are rounded by output error, and the row says so', async () => {
  const all = await rowsFile('rows.npz', 320);
  const { description, plan, model, notes } = await make(
    await referToData({ all }, sources, context.folder),
  );
  expect(description).toBe(
    '1 MatMul in 4 bits, 1 Gemm in 4 bits, GPTQ on 1 MatMul and 1 Gemm over 96 samples',
  );
  expect(plan).toMatchObject({
    nodes: [{ rounding: 'output-error' }, { rounding: 'output-error' }],
  });
  expect(notes).toEqual([]);
  const nearest = await makeWeights(NETWORK, { variant: 'int4', hardware: 'x64' });
  expect(encodeModel(model)).not.toEqual(encodeModel(nearest.model));
});

test('without data, or with data to judge on alone, the bytes are those of the nearest codes', async () => {
  const nearest = await makeWeights(NETWORK, { variant: 'int4', hardware: 'x64' });
  const evaluation = await rowsFile('judged.npz', 64);
  for (const data of [
    { synthetic: { samples: 16, seed: 0, shapes: {} } },
    await referToData({ evaluation }, sources, context.folder),
  ]) {
    const { description, plan, model } = await make(data);
    expect(description).toBe('1 MatMul in 4 bits, 1 Gemm in 4 bits');
    expect(plan).toEqual(nearest.plan);
    expect(encodeModel(model)).toEqual(encodeModel(nearest.model));
  }
});

test('rounding is counted by op', () => {
  const node = {
    scope: '',
    name: 'n',
    node: '',
    form: 'matmul-nbits',
    weights: [],
    bits: 4,
    symmetric: true,
    bytes: [8, 2],
    reason: '',
  } as const;
  const rounded = { ...node, rounding: 'output-error' } as const;
  const matmul = { ...rounded, op: 'MatMul' };
  expect(describeRounding({ nodes: [matmul, matmul, { ...node, op: 'Gemm' }] }, 128)).toBe(
    'GPTQ on 2 MatMul over 128 samples',
  );
  expect(describeRounding({ nodes: [{ ...rounded, op: 'Gemm' }] }, 1)).toBe(
    'GPTQ on 1 Gemm over 1 sample',
  );
  expect(describeRounding({ nodes: [{ ...node, op: 'Gemm' }] }, 0)).toBeUndefined();
});
