import { expect, test } from 'vitest';
import { checkModelName, modelNameOf, parseTarget } from '../../shared/pipeline/names.ts';

test('targets: known, later, unknown', () => {
  expect(parseTarget('ort', '--targets')).toBe('ort');
  expect(() => parseTarget('tensorrt', '--targets')).toThrow(
    expect.objectContaining({ exitCode: 3 }),
  );
  expect(() => parseTarget('onx', '--targets')).toThrow(
    expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('"onnx"') }),
  );
});

test.each([
  ['models/digits.onnx', false, 'digits'],
  ['/a/ch_PP-OCRv4_rec.v2.onnx', false, 'ch_PP-OCRv4_rec.v2'],
  ['saved/', true, 'saved'],
  ['web/model.json', false, 'web'],
  ['dir/saved_model.pb', false, 'dir'],
  ['my model (1).onnx', false, 'my-model-1-'],
  ['mödel ☃ name.onnx', false, 'model-name'],
  ['ＡＢÇ.onnx', false, 'ABC'],
  ['#x?y%20.onnx', false, 'x-y-20'],
  ['--help.onnx', false, 'help'],
  ['模型.onnx', false, 'model'],
  ['.onnx', false, '.onnx'],
  ['..onnx', false, 'model'],
])('the name of %s', (path, folder, name) => {
  expect(modelNameOf(path, folder)).toBe(name);
});

test.each(['digits', 'a/b.v2/c', '.hidden', 'a..b', '...'])('%s names a model', (name) => {
  expect(checkModelName(name, '--name')).toBe(name);
});

test.each([
  '../esc/x',
  'a/../../x',
  'a/..',
  '..',
  '.',
  '',
  '/abs',
  'a//b',
  'a/',
  'C:/x',
  'a\\b',
  'a\0b',
  'a\n',
  'x'.repeat(101),
])('%j does not name a model: it could lead out of the folder', (name) => {
  expect(() => checkModelName(name, '--name')).toThrow(
    expect.objectContaining({ exitCode: 2, where: '--name' }),
  );
});
