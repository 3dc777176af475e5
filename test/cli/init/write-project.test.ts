import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configText, workflowText } from '../../../shared/cli/init/write-project.ts';
import { jobsOf } from '../../../shared/pipeline/config/jobs.ts';
import { parseConfig } from '../../../shared/pipeline/config/read-config.ts';

const project = {
  models: [
    { path: 'models/digits.onnx', format: 'onnx', isPointer: false },
    { path: 'other/digits.onnx', format: 'onnx', isPointer: false },
    { path: 'a b/12.onnx', format: 'onnx', isPointer: true },
    { path: 'x.keras', format: 'keras', isPointer: false },
  ],
  data: ['data/test.npz'],
} as const;

test('the configuration that is written can be read and run', () => {
  const file = parseConfig(configText(project), 'fettle.yml');
  expect(new Set(Object.keys(file.config.models))).toEqual(
    new Set(['models-digits', 'other-digits', '12']),
  );
  expect(file.config.models['models-digits']).toMatchObject({
    source: 'models/digits.onnx',
    data: { all: { path: 'data/test.npz' } },
  });
  expect(jobsOf(file)).toHaveLength(3);
});

test('the workflow is valid YAML and watches the models', () => {
  const workflow = parse(workflowText(project, '1.2.3'));
  expect(workflow.on.pull_request.paths).toEqual([
    'fettle.yml',
    'models/digits.onnx',
    'other/digits.onnx',
    'a b/12.onnx',
    'x.keras',
  ]);
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(JSON.stringify(workflow)).toContain('npx --yes fettle@1.2.3 run');
});
