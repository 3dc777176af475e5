import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DefectError } from '../../../../shared/base/errors.ts';
import { createRandom } from '../../../../shared/base/random.ts';
import { applyInt8 } from '../../../../shared/compress/quantize/int8/apply-int8.ts';
import { exportQat } from '../../../../shared/compress/quantize/qat/export-qat.ts';
import { qatPlan } from '../../../../shared/compress/quantize/qat/plan-qat.ts';
import { qatForm } from '../../../../shared/compress/quantize/qat/qat-form.ts';
import type { QatPlan, QatVariant } from '../../../../shared/compress/quantize/qat/qat-plan.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { openModel } from '../../../../shared/onnx/read-model.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { RuntimeProcess } from '../../../../shared/runtime/runtime-process.ts';
import { saveOptimized } from '../../../../shared/runtime/save-optimized.ts';
import { outputsOf } from '../../../passes/_agree.ts';
import { relativeError } from '../_numeric.ts';
import { changed, NETWORK, RECURRENT } from '../int8/_network.ts';
import { modelOf, type PlanParts, planOf } from '../int8/_plan.ts';
import { normalSource } from '../int8/_samples.ts';

const child = new RuntimeProcess();
afterAll(() => child.close());

const SEEN = { t: [-12, 12], s: [-12, 12], r1: [0, 8], r4: [0, 12], c2: [-8, 8] } as const;

const planned = (variant: QatVariant, parts: PlanParts = {}): QatPlan =>
  qatPlan(NETWORK, planOf(NETWORK, { seen: SEEN, ...parts }), variant);

/** As if it had been trained: all that is trained is elsewhere. */
function moved(form: Model): Model {
  const random = createRandom(5);
  const move = (value: number) => value * (1 + 0.2 * random.normal()) + 0.01 * random.normal();
  const names = [1, 2, 3, 4, 5].flatMap((n) => [`w${n}`, `w${n}_rounded_factor`]);
  return changed(
    form,
    Object.fromEntries([...names, 'b1', 'b3', 'b5'].map((name) => [name, move])),
  );
}

const samples = Promise.all(
  [1, 2, 3, 4].map((index) => normalSource(9, 'x', [1, 3, 8, 8]).sample(index)),
);

/** Sums of a kernel on integers and of one on floats differ in the last bits: rarely a code more or less. */
async function expectSame(form: Model, exported: Model, level: 'disabled' | 'all'): Promise<void> {
  const wanted = await outputsOf(form, await samples);
  const got = await outputsOf(exported, await samples, level);
  for (const [index, { y = [] }] of wanted.entries())
    expect(relativeError(got[index]?.y ?? [], y), `${level} ${index}`).toBeLessThan(5e-3);
}

/** Ops of the model as onnxruntime runs it. */
async function optimizedOps(model: Model): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-qat-'));
  try {
    const path = join(folder, 'optimized.onnx');
    await saveOptimized(model, path, { level: 'extended', format: 'onnx', process: child });
    using opened = openModel(path);
    return opened.model.graph.nodes.map(({ opType }) => opType);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const tensors = ({ graph }: Model, type: string) =>
  [...graph.initializers.values()].filter((tensor) => tensor.type === type);

describe('exportQat', () => {
  it.each([
    ['int8-qat', 'x64'],
    ['int8-qat', 'arm64'],
    ['int4-qat', 'x64'],
    ['int4-qat', 'web'],
  ] as const)('%s for %s computes what its training form does', async (variant, hardware) => {
    const plan = planned(variant, { hardware });
    const form = moved(qatForm(NETWORK, plan));
    const exported = await exportQat(form, plan);
    expect(verifyModel(exported)).toEqual([]);
    await expectSame(form, exported, 'disabled');
    // Kernels for arm64 saturate on some CPUs of x64.
    if (hardware !== 'arm64') await expectSame(form, exported, 'all');
  });

  it.each(['int8-qat', 'int4-qat'] as const)('%s runs on integer kernels', async (variant) => {
    const plan = planned(variant);
    const exported = await exportQat(qatForm(NETWORK, plan), plan);
    const ops = await optimizedOps(exported);
    expect(ops.filter((op) => op === 'QLinearConv')).toHaveLength(4);
    expect(ops).toContain('QGemm');
    // What was 4 bits is made 8 when the model is loaded.
    expect(ops).not.toContain('Cast');
  });

  it('has the form of static int8: the same nodes and types', async () => {
    const plan = planned('int8-qat');
    const exported = await exportQat(qatForm(NETWORK, plan), plan);
    const wanted = applyInt8(NETWORK, plan.int8);
    const shape = ({ graph }: Model) => ({
      ops: graph.nodes.map(({ opType }) => opType).sort(),
      tensors: [...graph.initializers.values()].map(({ type, dims }) => `${type} ${dims}`).sort(),
    });
    expect(shape(exported)).toEqual(shape(wanted));
  });

  it('holds 4 bits in the file, and float bias for TensorRT', async () => {
    const plan = planned('int4-qat', { hardware: 'cuda' });
    const form = moved(qatForm(NETWORK, plan));
    const exported = await exportQat(form, plan);
    expect(verifyModel(exported)).toEqual([]);
    expect(tensors(exported, 'int4').map(({ dims }) => dims)).toEqual([
      [16, 3, 3, 3],
      [16, 16, 1, 1],
      [16, 16, 3, 3],
    ]);
    expect(tensors(exported, 'int32')).toEqual([]);
    expect(exported.graph.nodes.some(({ opType }) => opType === 'Cast')).toBe(false);
    await expectSame(form, exported, 'disabled');
  });

  it('takes half a byte for a weight', async () => {
    const eight = await exportQat(qatForm(NETWORK, planned('int8-qat')), planned('int8-qat'));
    const four = await exportQat(qatForm(NETWORK, planned('int4-qat')), planned('int4-qat'));
    const bytes = (model: Model): number => encodeModel(model).length;
    // Of 432 + 256 + 2,304 weights, less the nodes that make 8 bits of them.
    expect(bytes(eight) - bytes(four)).toBeGreaterThan(1496 - 3 * 80);
  });

  it.each(['int8-qat', 'int4-qat'] as const)(
    '%s writes weights alone for float activations',
    async (variant) => {
      const keep = new Map(['c3', 'c4'].map((name) => [name, { reason: 'faster in float' }]));
      const plan = planned(variant, { keep });
      const form = moved(qatForm(NETWORK, plan));
      const exported = await exportQat(form, plan);
      expect(verifyModel(exported)).toEqual([]);
      const reads = exported.graph.nodes.find(({ outputs }) => outputs.includes('c4'))?.inputs[1];
      expect(
        exported.graph.nodes.find(({ outputs }) => outputs.includes(reads ?? ''))?.opType,
      ).toBe('Mul');
      await expectSame(form, exported, 'all');
    },
  );

  it('gives weights that two nodes share to each as it rounds them', async () => {
    const model = modelOf(`g (float[1,4] x) => (float[1,4] y)
      <float[4,4] w = {1,2,3,4,5,6,7,8,9,10,-11,12,-13,14,-15,16}> {
        a = MatMul (x, w) b = Tanh (a) y = MatMul (b, w) }`);
    const plan = qatPlan(model, planOf(model), 'int8-qat');
    const exported = await exportQat(qatForm(model, plan), plan);
    expect(verifyModel(exported)).toEqual([]);
    expect(tensors(exported, 'int8')).toHaveLength(4);
  });

  it('takes a bias that is named by nothing for none', async () => {
    const model = modelOf(`g (float[1,4] x) => (float[1,2] y)
      <float[4,2] w = {1,2,3,4,5,6,7,8}> { y = Gemm (x, w, "") }`);
    const plan = qatPlan(model, planOf(model), 'int8-qat');
    const exported = await exportQat(qatForm(model, plan), plan);
    expect(verifyModel(exported)).toEqual([]);
    expect(exported.graph.nodes.find(({ opType }) => opType === 'Gemm')?.inputs).toHaveLength(2);
  });

  it('quantizes weights that are not trained, too', async () => {
    const plan = qatPlan(RECURRENT, planOf(RECURRENT), 'int8-qat');
    const exported = await exportQat(qatForm(RECURRENT, plan), plan);
    expect(tensors(exported, 'int8').map(({ dims }) => dims)).toEqual(
      expect.arrayContaining([
        [1, 64, 32],
        [1, 64, 16],
        [16, 32],
      ]),
    );
  });

  it('refuses what is no training form of the plan', async () => {
    await expect(exportQat(NETWORK, planned('int8-qat'))).rejects.toThrow(DefectError);
  });
});
