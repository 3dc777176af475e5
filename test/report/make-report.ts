/** Small reports for tests: a valid one, with what the test is about replaced. */

import type { ModelReport, Report, VariantRow } from '../../shared/report/schema.ts';

export const DIGEST = `sha256:${'ab'.repeat(32)}`;

export function makeRow(change: Partial<VariantRow> = {}): VariantRow {
  return {
    name: 'float32',
    target: 'onnx',
    hardware: 'x64',
    status: 'done',
    artifact: { path: 'digits.float32.onnx', sha256: DIGEST, bytes: 123_000 },
    size: { bytes: 123_000 },
    notes: [],
    verdict: 'ok',
    ...change,
  };
}

export function makeModel(change: Partial<ModelReport> = {}): ModelReport {
  return {
    name: 'digits',
    verdict: 'ok',
    recommended: null,
    source: {
      path: 'models/digits.onnx',
      format: 'onnx',
      sha256: DIGEST,
      bytes: 130_000,
      verified: 'not verified',
    },
    data: { calibration: 128, selection: 110, evaluation: 212, synthetic: false },
    variants: [makeRow()],
    ...change,
  };
}

export function makeReport(change: Partial<Report> = {}): Report {
  return {
    schema: 'fettle.report/1',
    tool: { name: 'fettle', version: '0.1.0', runtime: 'onnxruntime-node 1.30.0' },
    machine: { cpu: 'Example CPU', features: ['avx2'], cores: 2 },
    startedAt: '2026-11-24T12:00:00Z',
    seconds: 12.3,
    verdict: 'ok',
    models: [makeModel()],
    ...change,
  };
}
