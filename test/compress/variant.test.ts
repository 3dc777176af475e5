import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/base/errors.ts';
import {
  PRECISIONS,
  parseVariant,
  precisionOf,
  stepName,
  VARIANT_FORMS,
} from '../../shared/compress/variant.ts';

describe('parseVariant', () => {
  it('knows every form', () => {
    for (const form of VARIANT_FORMS) {
      const name = form.replace('-P', '-50');
      expect(parseVariant(name).name).toBe(name);
    }
  });

  it('reads steps in the order of the work', () => {
    expect(parseVariant('pruned-50+int8')).toEqual({
      kind: 'steps',
      name: 'pruned-50+int8',
      steps: [
        { kind: 'pruned', percent: 50 },
        { kind: 'precision', precision: 'int8' },
      ],
    });
    expect(parseVariant('distilled+slim-30+sparse-2-4+int8-qat').kind).toBe('steps');
  });

  it.each([
    ['int9', 'unknown variant "int9"'],
    ['', 'unknown variant ""'],
    ['int8+', 'unknown variant "int8+"'],
    ['pruned', 'needs a whole percentage'],
    ['pruned-0+int8', 'needs a whole percentage'],
    ['slim-100', 'needs a whole percentage'],
    ['float32+int8', 'float32 stands alone'],
    ['int8+int4', 'the same kind of step twice'],
    ['pruned-50+sparse-2-4', 'the same kind of step twice'],
  ])('refuses "%s"', (name, reason) => {
    expect(() => parseVariant(name)).toThrow(InputError);
    expect(() => parseVariant(name)).toThrow(reason);
  });

  it('tells the right order', () => {
    expect(() => parseVariant('int8+pruned-50')).toThrow(
      expect.objectContaining({ hint: 'Write pruned-50+int8.' }),
    );
  });
});

it('names steps and finds the precision', () => {
  expect(PRECISIONS.map((precision) => stepName({ kind: 'precision', precision }))).toEqual([
    ...PRECISIONS,
  ]);
  expect(precisionOf(parseVariant('pruned-50+int8-dynamic'))).toBe('int8-dynamic');
  expect(precisionOf(parseVariant('pruned-50'))).toBeUndefined();
  expect(precisionOf(parseVariant('auto'))).toBeUndefined();
});
