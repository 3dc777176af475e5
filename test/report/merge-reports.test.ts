import { expect, test } from 'vitest';
import { judgeReport } from '../../shared/report/gate.ts';
import { draftOf, mergeReports } from '../../shared/report/merge-reports.ts';
import { removedModel } from '../../shared/report/model-drafts.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

const frame = { ...makeReport(), startedAt: '2026-11-25T00:00:00Z', seconds: 60 };
const comparison = { kind: 'models', head: { label: 'change' } } as const;

/** A model whose accuracy fell by a point, just so that it can be told. */
const doubtful = (name: string) =>
  makeModel({
    name,
    ship: 'model',
    variants: [
      makeRow({
        name: 'model',
        accuracy: {
          metric: 'top1',
          value: 0.97,
          base: 0.98,
          difference: -0.01,
          low: -0.0198,
          high: -0.0002,
          samples: 1000,
          verdict: 'worse',
        },
      }),
    ],
  });

test('one doubtful model alone is a regression, twenty of them are chance', () => {
  const one = judgeReport({ ...makeReport(), comparison, models: [draftOf(doubtful('m'))] });
  expect(one.verdict).toBe('regressed');
  const many = Array.from({ length: 20 }, (_, index) =>
    makeReport({ models: [doubtful(`m${index}`)] }),
  );
  expect(mergeReports(many, comparison, frame).verdict).toBe('inconclusive');
});

test('models that were not measured are among them; the frame is the whole’s, the tool the first’s', () => {
  const part = makeReport({ tool: { name: 'fettle', version: '9', runtime: 'r' }, notes: ['n'] });
  const report = mergeReports(
    [removedModel({ name: 'a', path: 'a.onnx' }), part],
    comparison,
    frame,
  );
  expect(report.models.map(({ name }) => name)).toEqual(['a', 'digits']);
  expect(report).toMatchObject({ seconds: 60, tool: { version: '9' }, comparison, notes: ['n'] });
  const empty = mergeReports([], comparison, frame);
  expect(empty).toMatchObject({ models: [], tool: frame.tool, verdict: 'ok' });
});

test('two machines are told', () => {
  const machine = { cpu: 'Other CPU', features: [], cores: 2 };
  const { notes } = mergeReports([makeReport(), makeReport({ machine })], comparison, frame);
  expect(notes).toEqual([expect.stringContaining('Example CPU; Other CPU')]);
});
