import { describe, expect, it } from 'vitest';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import {
  compareOutputs,
  type FidelityStatistics,
  mergeFidelity,
  summarizeFidelity,
} from '../../shared/measure/fidelity.ts';
import { floats } from './metrics/outputs.ts';

function compare(pairs: readonly (readonly [NamedTensors, NamedTensors])[]): FidelityStatistics {
  return {
    outputs: Object.keys(pairs[0]?.[0] ?? {}),
    indices: pairs.map((_, index) => index * 10),
    values: pairs.flatMap(([wanted, given]) => compareOutputs(wanted, given)),
  };
}

describe('summarizeFidelity', () => {
  it('gives each output and the worst of all', () => {
    const wanted = { p: floats([1, 2], 0, 1), q: floats([1, 1], 10) };
    const fidelity = summarizeFidelity(
      compare([
        [wanted, { p: floats([1, 2], 0, 1), q: floats([1, 1], 10) }],
        [wanted, { p: floats([1, 2], 1, 0), q: floats([1, 1], 11) }],
      ]),
    );
    expect(fidelity?.samples).toBe(2);
    expect(fidelity?.outputs).toEqual([
      {
        name: 'p',
        cosine: 0.5,
        worstCosine: 0,
        worstSample: 10,
        maxAbsError: 1,
        agreement: 0.5,
        sqnrDb: expect.closeTo(0, 9),
      },
      {
        name: 'q',
        cosine: expect.closeTo(210 / Math.sqrt(200 * 221), 12),
        worstCosine: 1,
        worstSample: 0,
        maxAbsError: 1,
        sqnrDb: expect.closeTo(10 * Math.log10(200), 9),
      },
    ]);
    expect(fidelity).toMatchObject({
      cosine: 0.5,
      maxAbsError: 1,
      agreement: 0.5,
      sqnrDb: expect.closeTo(0, 9),
    });
  });

  it('leaves out what has no meaning: noise without error, decisions without classes', () => {
    const wanted = { y: floats([1, 1], 10) };
    expect(summarizeFidelity(compare([[wanted, wanted]]))).toEqual({
      samples: 1,
      cosine: 1,
      maxAbsError: 0,
      outputs: [{ name: 'y', cosine: 1, worstCosine: 1, worstSample: 0, maxAbsError: 0 }],
    });
    expect(summarizeFidelity({ outputs: ['y'], indices: [], values: [] })).toBeUndefined();
  });

  it('is 0 where an output breaks, and claims no largest error', () => {
    const wanted = { a: floats([2], 1, 2), b: floats([2], 1, 2) };
    const broken = { a: floats([2], 1, 2), b: floats([2], 1, Number.NaN) };
    const fidelity = summarizeFidelity(
      compare([
        [wanted, wanted],
        [wanted, broken],
      ]),
    );
    expect(fidelity).toMatchObject({ cosine: 0, broken: 1 });
    expect(fidelity?.maxAbsError).toBeUndefined();
    expect(JSON.parse(JSON.stringify(fidelity))).toEqual(fidelity);
  });

  it('claims nothing of an output that is NaN everywhere', () => {
    const nan = { a: floats([2], Number.NaN, Number.NaN), b: floats([2], 1, Number.NaN) };
    const fidelity = summarizeFidelity(compare([[nan, nan]]));
    expect(fidelity?.outputs[0]).toEqual({ name: 'a', nan: 2 });
    expect(fidelity?.outputs[1]).toMatchObject({ name: 'b', nan: 1, cosine: 1, maxAbsError: 0 });
    expect(fidelity).toMatchObject({ nan: 3, cosine: 1 });
    const alone = summarizeFidelity(compare([[{ a: nan.a }, { a: nan.a }]]));
    expect(alone).toEqual({ samples: 1, nan: 2, outputs: [{ name: 'a', nan: 2 }] });
  });

  it('has agreement alone for texts', () => {
    const text = (value: string) => ({ y: { type: 'string', dims: [1], data: [value] } }) as const;
    expect(
      summarizeFidelity(
        compare([
          [text('a'), text('a')],
          [text('b'), text('c')],
        ]),
      ),
    ).toEqual({ samples: 2, agreement: 0.5, outputs: [{ name: 'y', agreement: 0.5 }] });
  });
});

describe('mergeFidelity', () => {
  it('refuses parts of different outputs', () => {
    const part = (name: string) =>
      compare([[{ [name]: floats([1], 1) }, { [name]: floats([1], 1) }]]);
    expect(() => mergeFidelity([part('a'), part('b')])).toThrow(/differ in their outputs/);
  });
});
