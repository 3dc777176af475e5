import { expect, test } from 'vitest';
import { judgeReport } from '../../shared/report/gate.ts';
import { refusedModel, removedModel } from '../../shared/report/model-drafts.ts';
import { reportSchema } from '../../shared/report/schema.ts';
import { makeReport } from './make-report.ts';

test('a model that is gone breaks nothing, one that cannot be measured fails', () => {
  const report = judgeReport({
    ...makeReport(),
    models: [
      removedModel({ name: 'a', path: 'a.onnx', bytes: 3 }),
      removedModel({ name: 'b', path: 'b.onnx' }),
      refusedModel({ name: 'c', path: 'c.onnx', reason: 'cut short', code: 2, ship: 'int8' }),
    ],
  });
  expect(report.models.map(({ verdict, change }) => [verdict, change])).toEqual([
    ['ok', 'removed'],
    ['ok', 'removed'],
    ['failed', undefined],
  ]);
  expect(report.models[0]?.source.bytes).toBe(3);
  expect(report.models[1]?.source).not.toHaveProperty('bytes');
  expect(report.models[2]).toMatchObject({ ship: 'int8', reason: 'cut short', code: 2 });
  expect(reportSchema.parse(report)).toEqual(report);
});
