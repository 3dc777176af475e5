import { afterAll, describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../../shared/base/errors.ts';
import { collectingLog } from '../../../../shared/base/log.ts';
import { applyInt8 } from '../../../../shared/compress/quantize/int8/apply-int8.ts';
import type { Int8Context } from '../../../../shared/compress/quantize/int8/context.ts';
import type { Int8Plan } from '../../../../shared/compress/quantize/int8/int8-plan.ts';
import {
  type QuantizedInt8,
  quantizeInt8,
} from '../../../../shared/compress/quantize/int8/quantize-int8.ts';
import { Referee } from '../../../../shared/compress/quantize/int8/search/referee.ts';
import { printModel } from '../../../../shared/onnx/text.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { RuntimeProcess } from '../../../../shared/runtime/runtime-process.ts';
import { outputsOf } from '../../../passes/_agree.ts';
import { contextOf, NETWORK, OUTLIER, RECURRENT } from './_network.ts';
import { modelOf } from './_plan.ts';
import { normalSource } from './_samples.ts';

/** One child for all of them: starting one takes longer than all its work. */
const child = new RuntimeProcess();
afterAll(() => child.close());

const context = (parts: Partial<Int8Context> = {}) => contextOf({ process: child, ...parts });

/** Samples that calibrate nothing. */
const UNSEEN = {
  length: 40,
  sample: (index: number) => normalSource(99, 'x', [1, 3, 8, 8]).sample(500 + index),
};

async function expectWhole({ model }: QuantizedInt8): Promise<void> {
  expect(verifyModel(model)).toEqual([]);
  const [outputs] = await outputsOf(model, [await UNSEEN.sample(0)], 'all');
  expect(outputs?.y?.length).toBe(4);
}

const codes = ({ model }: QuantizedInt8) =>
  [...model.graph.initializers.values()].filter(({ type }) => type === 'int8');

describe('quantizeInt8 without search', () => {
  it('quantizes every node, near the float model on samples that it has not seen', async () => {
    const result = await quantizeInt8(NETWORK, context());
    await expectWhole(result);
    expect(result.plan.nodes.map(({ name }) => name)).toEqual(['c1', 'c2', 'c3', 'c4', 't']);
    expect(result.plan).toMatchObject({
      calibration: { samples: 24, method: 'min-max', synthetic: false },
      kept: [],
    });
    expect(result).toMatchObject({ notes: [], sensitivity: [] });
    const referee = await Referee.of(NETWORK, UNSEEN, { process: child }, 40);
    const score = await referee.score(result.model);
    expect(score.damage).toBeLessThan(0.02);
    expect(score.agreement).toBeGreaterThan(0.85);
    expect(encodeModel(result.model).length).toBeLessThan(encodeModel(NETWORK).length);
  });

  it('has a plan that survives JSON and makes the same model again', async () => {
    const { plan, model } = await quantizeInt8(NETWORK, context());
    const read: Int8Plan = JSON.parse(JSON.stringify(plan));
    expect(read).toEqual(plan);
    expect(printModel(applyInt8(NETWORK, read))).toBe(printModel(model));
  });

  it('takes another rule for ranges', async () => {
    const [all, clipped] = await Promise.all([
      quantizeInt8(NETWORK, context()),
      quantizeInt8(NETWORK, context({ method: 'percentile-99.9' })),
    ]);
    const width = ({ plan }: QuantizedInt8) => {
      const { min = 0, max = 0 } = plan.values.find(({ name }) => name === 'x') ?? {};
      return max - min;
    };
    expect(clipped.plan.calibration.method).toBe('percentile-99.9');
    expect(width(clipped)).toBeLessThan(0.95 * width(all));
    await expectWhole(clipped);
  });

  it.each([
    ['x64', 128],
    ['web', 128],
    ['x64-vnni', 254],
    ['arm64', 254],
    ['cuda', 254],
  ] as const)('%s: two codes of a channel sum up to at most %i', async (hardware, most) => {
    const result = await quantizeInt8(NETWORK, context({ hardware }));
    await expectWhole(result);
    expect(result.plan.hardware).toBe(hardware);
    const largest = codes(result)
      .filter(({ dims }) => dims.length === 4)
      .map((tensor) => {
        const columns = tensor.dims.slice(1).reduce((product, dim) => product * dim, 1);
        const bytes = tensor.storage.kind === 'memory' ? tensor.storage.bytes : new Uint8Array(0);
        const values = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
        const rows = Array.from({ length: tensor.dims[0] ?? 0 }, (_, row) =>
          values.slice(row * columns, (row + 1) * columns).sort(),
        );
        return Math.max(
          ...rows.flatMap((row) => [
            (row.at(-1) ?? 0) + (row.at(-2) ?? 0),
            -(row[0] ?? 0) - (row[1] ?? 0),
          ]),
        );
      });
    expect(Math.max(...largest)).toBeLessThanOrEqual(most);
    expect(Math.max(...largest)).toBeGreaterThan(0.9 * most);
  });

  it('says that made-up samples tell no accuracy', async () => {
    const { notes, plan } = await quantizeInt8(NETWORK, context({ synthetic: true }));
    expect(notes).toEqual([]);
    expect(plan.calibration.synthetic).toBe(true);
  });

  it.each([
    ['no such node', 'y = Relu (x)', 'it has none'],
    ['weights that are computed', 'y = MatMul (x, x)', 'MatMul: its weights are computed'],
  ])('refuses a model with %s', async (_, body, reason) => {
    const model = modelOf(`g (float[2,2] x) => (float[2,2] y) { ${body} }`);
    const refused = quantizeInt8(model, context({ calibration: normalSource(2, 'x', [2, 2]) }));
    await expect(refused).rejects.toThrow(UnsupportedError);
    await expect(refused).rejects.toThrow(`no Conv, MatMul or Gemm can be quantized (${reason}`);
  });

  it('takes weights alone of a branch that no sample reached, and of an LSTM', async () => {
    const calibration = normalSource(4, 'x', [5, 2, 32]);
    const { plan, model: made } = await quantizeInt8(RECURRENT, context({ calibration }));
    expect(plan.weightsAlone.map(({ name, form }) => [name, form])).toEqual([
      ['sequence', 'dynamic-lstm'],
    ]);
    expect(plan.nodes.map(({ name }) => name)).toEqual(['y']);
    expect(verifyModel(made)).toEqual([]);
    expect(made.graph.nodes.map(({ opType }) => opType)).toContain('DynamicQuantizeLSTM');
  });

  it('stops when it is told to', async () => {
    const stopped = quantizeInt8(NETWORK, context({ signal: AbortSignal.abort() }));
    await expect(stopped).rejects.toThrow();
  });

  it('passes on what is wrong with a sample', async () => {
    const calibration = normalSource(2, 'x', [1, 3, 8, 7]);
    await expect(quantizeInt8(NETWORK, context({ calibration }))).rejects.toThrow(/x/);
  });
});

describe('quantizeInt8 with search', () => {
  const search = (parts: Partial<Int8Context> = {}, model = NETWORK) =>
    quantizeInt8(model, context({ seconds: 60, ...parts }));

  it('gives one answer: the same bytes, plan and damages twice', async () => {
    const [one, two] = [await search(), await search()];
    expect(Buffer.from(encodeModel(one.model)).equals(encodeModel(two.model))).toBe(true);
    expect(one.plan).toEqual(two.plan);
    expect(one.sensitivity).toEqual(two.sensitivity);
    expect(JSON.parse(JSON.stringify(one.plan))).toEqual(one.plan);
    await expectWhole(one);
  });

  it('does less damage than without', async () => {
    const log = collectingLog();
    const [searched, plain] = [await search({ log }), await quantizeInt8(NETWORK, context())];
    expect(log.lines.some((line) => line.startsWith('debug: int8'))).toBe(true);
    expect(searched.plan.kept).toEqual([]);
    const referee = await Referee.of(NETWORK, UNSEEN, { process: child }, 40);
    const [after, before] = [await referee.score(searched.model), await referee.score(plain.model)];
    expect(after.damage).toBeLessThan(0.5 * before.damage);
  });

  it('keeps the nodes in float that do harm, at most half', async () => {
    const { sensitivity, plan, model } = await search({}, OUTLIER);
    const damages = sensitivity.map(({ damage }) => damage);
    expect(damages).toEqual(damages.toSorted((a, b) => b - a));
    expect(sensitivity.map(({ ref }) => ref.name).toSorted()).toEqual([
      'c1',
      'c2',
      'c3',
      'c4',
      't',
    ]);
    const worst = sensitivity.slice(0, plan.kept.length);
    expect(plan.kept.length).toBeGreaterThan(0);
    expect(plan.kept.length).toBeLessThanOrEqual(2);
    expect(plan.kept.map(({ name }) => name).toSorted()).toEqual(
      worst.map(({ ref }) => ref.name).toSorted(),
    );
    expect(plan.kept.map(({ damage }) => damage).toSorted()).toEqual(
      worst.map(({ damage }) => damage).toSorted(),
    );
    const referee = await Referee.of(OUTLIER, UNSEEN, { process: child }, 40);
    const plain = await quantizeInt8(OUTLIER, context());
    const [after, before] = [await referee.score(model), await referee.score(plain.model)];
    expect(after.damage).toBeLessThan(0.7 * before.damage);
  });

  it('keeps none of them where the metric says that the model is not inferior', async () => {
    const judge = {
      statistics: () => [1],
      judge: () => ({ difference: 0, isNonInferior: true }),
    };
    const { plan } = await search({ selection: { samples: UNSEEN, judge } }, OUTLIER);
    expect(plan.kept).toEqual([]);
  });

  it('ends when its time is over, with a model that is whole', async () => {
    const result = await search({ seconds: 1e-3 });
    expect(result.notes).toEqual(['the search was ended after 0.001 s']);
    await expectWhole(result);
  });
});
