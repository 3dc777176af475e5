/** The pull request of `golden-pull.ts` as the Action sees it before it opens anything. */

import type { ModelChange } from '../../../action/changes/model-change.ts';
import type { ReportFacts } from '../../../action/numbers/report-of.ts';
import { pullDraft } from '../../report/golden-pull.ts';

const BUDGETS: Readonly<Record<string, ModelChange['settings']>> = {
  digits: {
    variants: ['int8', 'int4'],
    ship: 'int8',
    budget: { size: '100 kB', latency: '+5%', accuracy: '-0.5pp' },
  },
  'ocr/recognizer': { variants: ['int8'], budget: { accuracy: '-0.5pp', latency: '+2%' } },
  vad: { variants: ['int8'], ship: 'int8', budget: { size: '+0%', latency: '+5%' } },
};

const files = (path: string, bytes: number, blob: string) => ({
  path,
  files: [{ path, bytes, blob: blob.repeat(40) }],
});

export const changes: ModelChange[] = pullDraft.models.map((model): ModelChange => {
  const { name, change, source, base } = model;
  const { size } = model.variants.find((row) => row.name === 'model') ?? {};
  const head = files(source.path, size?.bytes ?? source.bytes ?? 1, 'b');
  const before = files(base?.path ?? source.path, size?.base ?? base?.bytes ?? 1, 'a');
  return {
    name,
    status: change === 'added' ? 'added' : change === 'removed' ? 'deleted' : 'changed',
    ...(change !== 'added' && { base: before }),
    ...(change !== 'removed' && { head }),
    isConfigured: true,
    settings: BUDGETS[name] ?? {},
    folder: '',
    data: [],
  };
});

export const facts: ReportFacts = {
  changes,
  comparison: { base: { label: 'main' }, head: { label: '#1' } },
  tool: { name: 'fettle', version: '0.1.0', runtime: 'onnxruntime-node 1.30.0' },
  startedAt: '2026-11-24T12:00:00Z',
};
