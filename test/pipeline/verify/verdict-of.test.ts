import { expect, test } from 'vitest';
import { verdictOf } from '../../../shared/pipeline/verify/verdict-of.ts';
import type { Compared } from '../../../shared/pipeline/verify/verify-conversion.ts';

const output = {
  name: 'y',
  maxAbsError: 3e-7,
  magnitude: 1,
  tolerance: 1e-4,
  why: 'sums',
  broken: 0,
  nan: 0,
  compared: 10,
  isWithinTolerance: true,
};
const right: Compared = {
  status: 'compared',
  against: 'LiteRT',
  samples: 16,
  synthetic: false,
  maxAbsError: 3e-7,
  outputs: [output],
  isWithinTolerance: true,
};
const wrong: Compared = {
  ...right,
  maxAbsError: 0.3,
  outputs: [{ ...output, maxAbsError: 0.3, isWithinTolerance: false }],
  isWithinTolerance: false,
};
const golden: Compared = { ...wrong, against: 'golden outputs' };

test('what agrees says within what, and on which inputs', () => {
  expect(verdictOf(right)).toEqual({
    verified: 'agrees within 3e-7 of LiteRT',
    agrees: true,
    notes: [],
  });
  expect(verdictOf({ ...right, synthetic: true }).verified).toMatch(/LiteRT on synthetic inputs$/);
});

test('what does not says where', () => {
  const divergence = { source: 'conv', maxAbsError: 0.3, tolerance: 1e-4 };
  expect(verdictOf({ ...wrong, divergence })).toEqual({
    verified: 'DOES NOT AGREE with LiteRT',
    agrees: false,
    notes: ['the conversion does not agree with LiteRT: output y differs by 0.3; first at "conv"'],
  });
});

test('what cannot be compared has no difference', () => {
  const broken = { ...output, compared: 2, broken: 8, isWithinTolerance: false };
  expect(verdictOf({ ...wrong, outputs: [broken] }).notes[0]).toMatch(
    /output y cannot be compared at 8 of 10 places/,
  );
});

test('golden outputs that differ: the runtime tells which of the two is off', () => {
  expect(verdictOf({ ...golden, reference: right })).toMatchObject({
    verified: 'DOES NOT AGREE with golden outputs, but agrees within 3e-7 of LiteRT',
    agrees: false,
    notes: [expect.any(String), expect.stringMatching(/the golden outputs are of another model/)],
  });
  expect(verdictOf({ ...golden, reference: wrong })).toMatchObject({
    verified: 'DOES NOT AGREE with golden outputs, nor with LiteRT',
    notes: [expect.any(String), 'LiteRT does not agree either: output y differs by 0.3'],
  });
  const unknown = { status: 'not verified', reason: 'nothing runs it' } as const;
  expect(verdictOf({ ...golden, reference: unknown }).notes[1]).toMatch(
    /off is not known: nothing runs it/,
  );
});

test('NaN is no proof: of one output it is noted, of all nothing is claimed', () => {
  const nan = { ...output, name: 'z', nan: 10, compared: 0 };
  expect(verdictOf({ ...right, outputs: [output, nan], remark: 'so' })).toMatchObject({
    agrees: true,
    notes: ['so', 'nothing is proved of z: NaN everywhere on both sides'],
  });
  expect(verdictOf({ status: 'not verified', reason: 'NaN' })).toEqual({
    verified: 'not verified',
    notes: ['not verified: NaN'],
  });
});
