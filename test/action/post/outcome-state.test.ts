import { expect, test } from 'vitest';
import type { Outcome } from '../../../action/outcome.ts';
import { modelState, outcomeState } from '../../../action/post/outcome-state.ts';
import type { Report } from '../../../shared/report/schema.ts';
import { pullReport } from '../../report/golden-pull.ts';

const outcome: Outcome = {
  report: pullReport,
  trigger: { kind: 'manual', sha: '1'.repeat(40), ref: 'refs/heads/main' },
  headSha: '1'.repeat(40),
  changes: [],
  problems: [],
  configPath: 'fettle.yml',
};
const edited = (edit: (report: Report) => void): Outcome => {
  const report = structuredClone(pullReport);
  edit(report);
  return { ...outcome, report };
};
const first = (report: Report, name: string) => {
  const model = report.models.find((one) => one.name === name);
  const row = model?.variants[0];
  if (!model || !row) throw new Error('the golden report has it');
  return { model, row };
};

test.each([
  [
    'seconds and machine',
    (report: Report) => {
      report.seconds = 1;
      report.machine.cpu = 'another';
      report.startedAt = '2027-01-01T00:00:00Z';
    },
  ],
  [
    'milliseconds',
    (report: Report) => {
      const { latency } = first(report, 'vad').row;
      if (latency) Object.assign(latency, { ms: 3, low: 0.8, high: 0.9 });
    },
  ],
])('%s differ from run to run', (_, edit) => {
  expect(outcomeState(edited(edit))).toBe(outcomeState(outcome));
});

test.each([
  [
    'what a latency says',
    (report: Report) => {
      const { latency } = first(report, 'vad').row;
      if (latency) latency.verdict = 'same';
    },
  ],
  [
    'bytes',
    (report: Report) => {
      Object.assign(first(report, 'vad').row, { size: { bytes: 3 } });
    },
  ],
  [
    'a budget that breaks',
    (report: Report) => {
      const gate = first(report, 'vad').model.gates?.[0];
      if (gate) gate.result = 'broken';
    },
  ],
])('%s makes another state', (_, edit) => {
  expect(outcomeState(edited(edit))).not.toBe(outcomeState(outcome));
});

test('so do commit and problems; of a model the commit', () => {
  const [model] = pullReport.models;
  if (model === undefined) throw new Error('it has models');
  const states = [
    outcomeState(outcome),
    outcomeState({ ...outcome, headSha: '2'.repeat(40) }),
    outcomeState({ ...outcome, problems: [{ level: 'notice', message: 'x' }] }),
    modelState(model, '1'),
    modelState(model, '2'),
  ];
  expect(new Set(states).size).toBe(5);
  expect(states[0]).toMatch(/^[0-9a-f]{16}$/);
});
