import { describe, expect, it } from 'vitest';
import type { NamedTensors } from '../../../../../shared/base/tensor.ts';
import type { SelectionJudge } from '../../../../../shared/compress/quantize/int8/context.ts';
import { Referee } from '../../../../../shared/compress/quantize/int8/search/referee.ts';
import type { Model } from '../../../../../shared/onnx/model.ts';
import { modelOf } from '../_plan.ts';
import { normalSource } from '../_samples.ts';

/** Probabilities of three classes; rows of weights that differ by `shift`. */
const classifier = (shift: number): Model =>
  modelOf(`g (float[1,3] x) => (float[1,3] y)
    <float[3,3] w = {${4 + shift},0,0,0,4,${shift},0,${-shift},4}> { t = MatMul (x, w) y = Softmax (t) }`);

/** Numbers that are no classes. */
const column = (factor: number): Model =>
  modelOf(
    `g (float[1,3] x) => (float[3,1] y) <float f = {${factor}}> { t = Transpose (x) y = Mul (t, f) }`,
  );

/** A source of normal numbers that says which samples were asked for. */
function watched(length: number) {
  const asked: number[] = [];
  const { sample } = normalSource(length, 'x', [1, 3]);
  return {
    asked,
    source: {
      length,
      sample: async (index: number): Promise<NamedTensors> => {
        asked.push(index);
        return sample(index);
      },
    },
  };
}

describe('Referee', () => {
  it('scores the float model itself as perfect, and worse ones as worse', async () => {
    const { source } = watched(40);
    const referee = await Referee.of(classifier(0), source, {}, 100);
    expect(referee.samples).toBe(40);
    expect(await referee.score(classifier(0))).toEqual({ damage: 0, agreement: 1, decides: true });
    const [near, far] = [await referee.score(classifier(0.5)), await referee.score(classifier(-6))];
    expect(near.damage).toBeGreaterThan(0);
    expect(far.damage).toBeGreaterThan(5 * near.damage);
    expect(far.agreement).toBeLessThan(near.agreement);
    expect(far.agreement).toBeGreaterThan(0);
  });

  it('asks for no more samples than its limit, nor than a score is to take', async () => {
    const { source, asked } = watched(40);
    const referee = await Referee.of(classifier(0), source, {}, 7);
    expect(referee.samples).toBe(7);
    expect(Math.max(...asked)).toBe(6);
    asked.length = 0;
    const few = await referee.score(classifier(-6), 2);
    expect(Math.max(...asked)).toBe(1);
    expect([0, 0.5, 1]).toContain(few.agreement);
    asked.length = 0;
    await referee.score(classifier(-6), 90);
    expect(Math.max(...asked)).toBe(6);
  });

  it('says where nothing is decided', async () => {
    const { source } = watched(4);
    const referee = await Referee.of(column(1), source, {}, 4);
    const { damage, agreement, decides } = await referee.score(column(-1));
    expect(damage).toBeCloseTo(4);
    expect({ agreement, decides }).toEqual({ agreement: 1, decides: false });
  });

  it('asks the judge, in the order of the samples', async () => {
    const judge: SelectionJudge = {
      statistics: (index, { y }, reference) => [
        index,
        Number(y?.data[0]),
        Number(reference.y?.data[0]),
      ],
      judge: (base, variant) => {
        expect(base.map(([index]) => index)).toEqual(variant.map(([index]) => index));
        // Statistics of the float model compare it with itself.
        for (const [, own, reference] of base) expect(own).toBe(reference);
        expect(variant.map(([, , reference]) => reference)).toEqual(base.map(([, own]) => own));
        return { difference: variant.length, isNonInferior: variant.length === 5 };
      },
    };
    const { source } = watched(40);
    const referee = await Referee.of(classifier(0), source, {}, 5, judge);
    expect((await referee.score(classifier(1))).verdict).toEqual({
      difference: 5,
      isNonInferior: true,
    });
    expect((await referee.score(classifier(1), 3)).verdict).toEqual({
      difference: 3,
      isNonInferior: false,
    });
    const plain = await Referee.of(classifier(0), source, {}, 5);
    expect(await plain.score(classifier(0))).not.toHaveProperty('verdict');
  });

  it('passes on that a variant cannot be loaded', async () => {
    const { source } = watched(2);
    const referee = await Referee.of(classifier(0), source, {}, 2);
    const broken = modelOf('g (float[1,3] x) => (float[1,3] y) { y = my.own.Op (x) }');
    await expect(referee.score(broken)).rejects.toThrow(/Op/);
  });
});
