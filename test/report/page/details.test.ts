import { describe, expect, it } from 'vitest';
import { judgeReport } from '../../../shared/report/gate.ts';
import { detailsSection } from '../../../shared/report/page/details.ts';
import { goldenDraft } from '../golden-draft.ts';
import { makeModel, makeReport } from '../make-report.ts';
import { textOf } from './tags.ts';

const golden = judgeReport(goldenDraft);
const text = (index: number): string => {
  const model = golden.models[index];
  return model === undefined ? '' : textOf(detailsSection(model, golden).toString());
};

describe('detailsSection', () => {
  it('counts, digests, inputs, machine', () => {
    const page = text(0);
    for (const part of [
      'Samples 128 calibration, 417 selection, 1,252 evaluation',
      'Conversion agrees within 1e-6 of tfjs',
      'Input image: float32 [N, 8, 8, 1], pixels / 16',
      'Latency: 6 pairs of fresh sessions in turns, image [1, 8, 8, 1].',
      'AMD EPYC 7763 64-Core Processor, 2 cores',
      'avx2, fma, f16c',
      'short protocol: 6 session pairs of 0.3 s',
      goldenDraft.models[0]?.source.sha256 ?? '',
    ]) {
      expect(page).toContain(part);
    }
  });

  it('what auto tried, with the fate of each', () => {
    expect(text(0)).toContain('What auto tried: 5 candidates, 9.80 s to make more and score all');
    expect(text(0)).toContain('int8-dynamic 44.3 kB +31.0% −0.1 pp no slower than float32');
    expect(text(0)).toContain('MSE ranges, 2 nodes in float 45.0 kB −26.0% −0.1 pp yes chosen');
  });

  it('what to do where the samples were too few', () => {
    expect(text(1)).toContain('float16 : about 768 samples would decide the accuracy');
  });

  it('synthetic data is said', () => {
    expect(text(2)).toContain(
      '64 calibration, synthetic: drawn from the declared or inferred range',
    );
    expect(text(2)).toContain('Fidelity: against the source model, 64 samples, synthetic.');
  });

  it('a bare model has its machine and data alone', () => {
    const bare = makeModel({ variants: [], data: { synthetic: false } });
    const page = textOf(detailsSection(bare, makeReport()).toString());
    expect(page).toMatch(/^Details Data and model Samples none/);
    expect(page).not.toContain('Files and digests');
  });
});
