import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AutoCandidate, chooseVariant } from '../../shared/pipeline/choose.ts';

type Accuracy = NonNullable<AutoCandidate['accuracy']>;
const accuracy = (parts: Partial<Accuracy> = {}): Accuracy => ({
  base: 0.95,
  difference: 0,
  higherIsBetter: true,
  isErrorMetric: false,
  verdict: 'same',
  isNonInferior: true,
  samples: 1000,
  ...parts,
});
const candidate = (
  name: string,
  sizeRatio: number,
  ratio: number,
  parts: Partial<Accuracy> = {},
): AutoCandidate => ({
  name,
  sizeRatio,
  latency: { ratio, verdict: ratio < 0.99 ? 'faster' : ratio > 1.01 ? 'slower' : 'same' },
  accuracy: accuracy(parts),
});

test('the fastest and smallest without a loss is recommended', () => {
  const choice = chooseVariant([candidate('float16', 0.5, 1), candidate('int8', 0.28, 0.6)]);
  expect(choice).toMatchObject({ best: 'int8', recommended: 'int8' });
  expect(choice.reason).toMatch(
    /int8 is 1\.67× as fast and has 28 % of the size and is non-inferior/,
  );
  expect(choice.candidates).toEqual([
    { name: 'float16', onFront: false, reason: expect.stringContaining('at least as good') },
    { name: 'int8', onFront: true },
  ]);
});

test('slower or less accurate ones are not taken, however small', () => {
  const choice = chooseVariant([
    candidate('int8', 0.28, 1.4),
    candidate('int4', 0.15, 0.7, { difference: -0.04, verdict: 'worse', isNonInferior: false }),
    candidate('float16', 0.5, 1),
  ]);
  expect(choice).toMatchObject({ best: 'float16', recommended: 'float16' });
  expect(choice.candidates.map(({ reason }) => reason)).toEqual([
    '40 % slower than float32',
    'less accurate than float32',
    undefined,
  ]);
});

test('what few samples cannot show is the best, but float32 is recommended, and how many would do', () => {
  const choice = chooseVariant([
    candidate('int8', 0.28, 0.6, {
      isNonInferior: false,
      verdict: 'inconclusive',
      samples: 80,
      neededSamples: 740,
    }),
  ]);
  expect(choice).toMatchObject({ best: 'int8', recommended: 'float32' });
  expect(choice.reason).toMatch(/80 selection samples cannot show .*about 740 would decide/);
});

test('without data nothing is recommended', () => {
  const { accuracy: _, ...unknown } = candidate('float16', 0.5, 0.9);
  expect(chooseVariant([unknown])).toMatchObject({ best: 'float16', recommended: 'float32' });
});

test('float32 when nothing gains a tenth', () => {
  expect(chooseVariant([candidate('float16', 0.98, 0.98)])).toMatchObject({
    best: 'float32',
    recommended: 'float32',
  });
  expect(chooseVariant([])).toMatchObject({
    best: 'float32',
    reason: 'no other variant could be made',
  });
});

test('what cannot be chosen is named with its reason', () => {
  const passedOver = [
    { name: 'int8', reason: 'synthetic calibration, accuracy unknown' },
    { name: 'int8-dynamic', reason: 'no time left for auto' },
    { name: 'int8-weights', reason: 'no time left for auto' },
  ];
  expect(chooseVariant([], { passedOver }).reason).toBe(
    'int8 cannot be chosen (synthetic calibration, accuracy unknown); int8-dynamic and int8-weights cannot be chosen (no time left for auto)',
  );
  expect(chooseVariant([candidate('float16', 0.98, 0.98)], { passedOver }).reason).toMatch(
    /^no variant is at least a tenth better .*; int8 cannot be chosen/,
  );
});

test('accuracy that is not known says why', () => {
  const { accuracy: _, ...unknown } = candidate('float16', 0.5, 0.9);
  const { reason } = chooseVariant([unknown], { whyUnknown: 'no samples are there to choose on' });
  expect(reason).toMatch(/but no samples are there to choose on$/);
});

test('equals are said to be equal', () => {
  const choice = chooseVariant([
    { ...candidate('int8-dynamic', 0.28, 0.6), digest: 'a' },
    { ...candidate('int8-weights', 0.28, 0.6), digest: 'a' },
    { ...candidate('int4', 0.28, 0.6), digest: 'b' },
    { ...candidate('float16', 0.5, 1.4), digest: 'c' },
    { ...candidate('int4-qat', 0.5, 1.4), digest: 'c' },
  ]);
  expect(choice.best).toBe('int8-dynamic');
  expect(choice.candidates.map(({ reason }) => reason)).toEqual([
    undefined,
    'the same file as int8-dynamic',
    'as good as int8-dynamic',
    '40 % slower than float32',
    'the same file as float16',
  ]);
});

test('an error metric counts the other way, and in percent of the base’s error', () => {
  const withError = (difference: number) =>
    chooseVariant([
      candidate('int8', 0.3, 0.6, {
        base: 20,
        difference,
        higherIsBetter: false,
        isErrorMetric: true,
        isNonInferior: false,
        verdict: 'inconclusive',
      }),
    ]);
  // 0.02 would be two points of a fraction; of an error of 20 it is a thousandth.
  expect(withError(0.02)).toMatchObject({ best: 'int8', recommended: 'float32' });
  expect(withError(0.02).reason).toMatch(/cannot show that its error grows by less than 1 %/);
  expect(withError(0.5)).toMatchObject({
    best: 'float32',
    candidates: [{ reason: 'has a 2.5 % larger error on the selection samples' }],
  });
  expect(withError(-5).best).toBe('int8');
});

test('a small error is not judged by points', () => {
  const choice = chooseVariant([
    candidate('int8', 0.3, 0.6, {
      base: 0.01,
      difference: 0.004,
      higherIsBetter: false,
      isErrorMetric: true,
      isNonInferior: false,
      verdict: 'inconclusive',
    }),
  ]);
  expect(choice.best).toBe('float32');
});

describe('whatever the candidates', () => {
  const anyCandidate = fc.record({
    name: fc.string({ minLength: 1 }),
    sizeRatio: fc.double({ min: 0.01, max: 2, noNaN: true }),
    latency: fc.option(
      fc.record({
        ratio: fc.double({ min: 0.05, max: 5, noNaN: true }),
        verdict: fc.constantFrom('faster', 'slower', 'same', 'inconclusive'),
      }),
      { nil: undefined },
    ),
    accuracy: fc.option(
      fc.record({
        base: fc.double({ min: 0, max: 10, noNaN: true }),
        difference: fc.double({ min: -1, max: 1, noNaN: true }),
        higherIsBetter: fc.boolean(),
        isErrorMetric: fc.boolean(),
        verdict: fc.constantFrom('same', 'better', 'worse', 'inconclusive'),
        isNonInferior: fc.boolean(),
        samples: fc.nat(),
      }),
      { nil: undefined },
    ),
  });
  test('nothing slower, worse or unproven is recommended', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyCandidate, { selector: ({ name }) => name, maxLength: 6 }),
        (candidates) => {
          const clean = candidates.map(
            ({ latency, accuracy: acc, ...rest }) =>
              ({
                ...rest,
                ...(latency && { latency }),
                ...(acc && { accuracy: acc }),
              }) as AutoCandidate,
          );
          const { recommended } = chooseVariant(clean);
          const taken = clean.find(({ name }) => name === recommended);
          if (!taken) return recommended === 'float32';
          return (
            taken.accuracy?.isNonInferior === true &&
            taken.accuracy.verdict !== 'worse' &&
            ['faster', 'same'].includes(taken.latency?.verdict ?? '')
          );
        },
      ),
    );
  });
});
