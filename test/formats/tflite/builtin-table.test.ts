import { describe, expect, it } from 'vitest';
import { BUILTINS } from '../../../shared/formats/tflite/builtin-table.ts';
import { expectSame } from './_compare.ts';
import { tfliteCases } from './_run.ts';

describe.each(['builtins', 'handmade'])('%s', (bundle) => {
  it.each(tfliteCases(bundle).map((item) => [item.name, item] as const))(
    '%s gives what TensorFlow Lite gives',
    async (_, item) => {
      await expectSame(item);
    },
  );
});

it('has no operator in two families', () => {
  const names = Object.values(BUILTINS).flatMap((table) => Object.keys(table));
  expect(new Set(names).size).toBe(names.length);
});
