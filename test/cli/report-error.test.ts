import { expect, test } from 'vitest';
import { DefectError, InputError } from '../../shared/base/errors.ts';
import { errorText } from '../../shared/cli/report-error.ts';

test('what, where, what to do, in one paragraph', () => {
  const error = new InputError('unknown key "sise"', {
    where: 'fettle.yml:3',
    hint: 'Did you mean "size"?',
  });
  expect(errorText(error)).toBe('error: fettle.yml:3: unknown key "sise". Did you mean "size"?\n');
  expect(errorText(new InputError('m.onnx is empty', { where: 'm.onnx' }))).toBe(
    'error: m.onnx is empty.\n',
  );
});

test('a defect asks to be reported, with the stack on demand', () => {
  expect(errorText(new TypeError('x is undefined'))).toMatch(
    /a defect in Fettle: x is undefined\. Please report/,
  );
  expect(errorText(new DefectError('lost a node'))).toMatch(/lost a node\. This is a defect/);
  const nested = new InputError('outer', { cause: new RangeError('inner') });
  expect(errorText(nested, { debug: true })).toMatch(
    /InputError: outer[\s\S]*caused by: RangeError: inner/,
  );
  expect(errorText(nested)).not.toContain('inner');
});
