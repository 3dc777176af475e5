import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configText, workflowText } from '../../../shared/cli/init/write-project.ts';
import { jobsOf } from '../../../shared/pipeline/config/jobs.ts';
import { parseConfig } from '../../../shared/pipeline/config/read-config.ts';

const model = (path: string, isPointer = false) =>
  ({ path, format: 'onnx', isReadable: true, isPointer }) as const;
const pairings = [
  {
    model: model('models/digits.onnx'),
    data: { calibration: 'data/train.npz', evaluation: 'data/test.npz' },
    weights: ['models/digits.onnx.data'],
  },
  {
    model: model('other/digits.onnx'),
    data: {},
    unfit: { path: 'test.npz', reason: 'no array\nfor "x"' },
    weights: [],
  },
  { model: model('a b/12.onnx', true), data: {}, weights: [] },
] as const;

test('the configuration that is written can be read and run', () => {
  const file = parseConfig(configText(pairings), 'fettle.yml');
  expect(new Set(Object.keys(file.config.models))).toEqual(
    new Set(['models-digits', 'other-digits', '12']),
  );
  expect(file.config.models['models-digits']).toMatchObject({
    source: 'models/digits.onnx',
    data: { calibration: { path: 'data/train.npz' }, evaluation: { path: 'data/test.npz' } },
  });
  expect(jobsOf(file)).toHaveLength(3);
  expect(configText(pairings)).toContain('# not its data: test.npz: no array for "x"\n');
});

test('no name twice, not even where only accents tell them apart', () => {
  const accents = ['model.onnx', 'mödel.onnx'].map((path) => ({
    model: model(path),
    data: {},
    weights: [],
  }));
  const { config } = parseConfig(configText(accents), 'fettle.yml');
  expect(Object.keys(config.models)).toEqual(['model', 'model-2']);
});

test('the workflow is the first one of docs/github-action.md', () => {
  const workflow = parse(workflowText());
  const doc = readFileSync(new URL('../../../docs/github-action.md', import.meta.url), 'utf8');
  const printed = /```yaml\n(name: fettle\n[\s\S]*?)```/.exec(doc)?.[1] ?? '';
  expect(workflow).toEqual(parse(printed));
  expect(workflow.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
  expect(workflow.jobs.models.steps.at(-1)).toEqual({ uses: 'OWNER/fettle@v1' });
});
