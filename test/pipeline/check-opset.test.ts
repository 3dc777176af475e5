import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { checkSourceOpset, checkWrittenOpset, opsetOf } from '../../shared/pipeline/check-opset.ts';
import { EXAMPLES } from './inline-context.ts';

test('a model above the limit is refused, at it or below it is not', () => {
  using opened = openModel(join(EXAMPLES, 'digits.onnx'));
  const { model } = opened;
  const own = opsetOf(model);
  expect(own).toBeGreaterThan(7);
  for (const check of [checkSourceOpset, checkWrittenOpset]) {
    for (const highest of [undefined, own, own + 1])
      expect(() => check(model, highest)).not.toThrow();
    expect(() => check(model, own - 1)).toThrow(expect.objectContaining({ exitCode: 3 }));
  }
  expect(() => checkSourceOpset(model, own - 1)).toThrow(
    `opset ${own}: it is not lowered to ${own - 1}`,
  );
  expect(() => checkWrittenOpset(model, own - 1)).toThrow(`needs opset ${own}`);
});
