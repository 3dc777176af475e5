import { describe, expect, it } from 'vitest';
import { html } from '../../../shared/report/page/html.ts';
import { usageSection } from '../../../shared/report/page/usage.ts';
import type { ModelReport } from '../../../shared/report/schema.ts';
import { DIGEST, makeModel, makeReport, makeRow } from '../make-report.ts';
import { textOf } from './tags.ts';

const inputs = [{ name: 'image', type: 'float32', shape: [1, 8] }];
const int8 = (hardware: string) =>
  makeRow({
    name: 'int8',
    hardware,
    artifact: { path: `out/digits.int8.${hardware}.onnx`, sha256: DIGEST, bytes: 45 },
  });
const section = (change: Partial<ModelReport>): string => {
  const model = makeModel({ inputs, recommended: 'int8', ...change });
  return textOf(html`${usageSection(model, makeReport({ models: [model] }))}`.toString());
};

describe('usageSection', () => {
  it('opens the recommended file by its name, with the runtime’s version', () => {
    const text = section({ variants: [makeRow(), int8('x64')] });
    expect(text).toContain("create('digits.int8.x64.onnx'");
    expect(text).toContain('onnxruntime-node@1.30.0');
    expect(text).toContain('onnxruntime==1.30.0');
  });

  it('on ARM: names the ARM build where there is one, else how to make it', () => {
    expect(section({ variants: [makeRow(), int8('x64'), int8('arm64')] })).toContain(
      'Use out/digits.int8.arm64.onnx there',
    );
    expect(section({ variants: [makeRow(), int8('x64')] })).toContain('--hardware arm64');
    expect(section({ variants: [makeRow()] })).toContain('runs unchanged on ARM');
  });

  it.each([
    ['nothing was made', { variants: [makeRow({ status: 'failed' })], inputs }],
    ['another target', { variants: [makeRow({ target: 'tflite' })], inputs }],
    ['no inputs are known', {}],
  ])('is left out where %s', (_, change) => {
    const model = makeModel(change);
    const markup = html`${usageSection(model, makeReport({ models: [model] }))}`;
    expect(markup.toString()).toBe('');
  });
});
