import { expect, test } from 'vitest';
import { conversionLine } from '../../../shared/cli/render/conversion.ts';
import type { Compared, NotCompared } from '../../../shared/pipeline/verify/verify-conversion.ts';

const base = {
  source: 'm.onnx',
  format: 'onnx',
  out: 'm.ort',
  target: 'ort',
  bytes: 46400,
  notes: [],
};

test('one line, with what was proved', () => {
  expect(conversionLine(base)).toBe('m.ort  46.4 kB  not verified\n');
  const check = {
    status: 'compared',
    against: 'onnxruntime',
    samples: 16,
    synthetic: true,
    maxAbsError: 1e-7,
    isWithinTolerance: true,
    outputs: [
      {
        name: 'y',
        maxAbsError: 1e-7,
        magnitude: 1,
        tolerance: 1e-4,
        why: 'sums',
        broken: 0,
        nan: 0,
        compared: 10,
        isWithinTolerance: true,
      },
    ],
  } as const;
  expect(conversionLine({ ...base, check })).toMatch(
    /agrees with onnxruntime on 16 synthetic inputs, largest difference/,
  );
  expect(
    conversionLine({ ...base, check: { ...check, synthetic: false, isWithinTolerance: false } }),
  ).toMatch(/DOES NOT AGREE with onnxruntime on 16 samples/);
  expect(conversionLine({ ...base, check: { ...check, samples: 1 } })).toMatch(
    /on 1 synthetic input,/,
  );
  const divergence = {
    source: 'conv_3',
    maxAbsError: 0.2,
    tolerance: 1e-4,
    lastAgreeing: 'conv_2',
  };
  const text = conversionLine({
    ...base,
    check: {
      ...check,
      isWithinTolerance: false,
      divergence,
      outputs: [{ ...check.outputs[0], isWithinTolerance: false, broken: 2 }],
    },
  });
  expect(text).toMatch(/DIFFERS {2}y: .*allowed .*\(sums\); 2 elements cannot be compared/);
  expect(text).toMatch(/do not use it/);
  const off = { ...check, against: 'golden outputs', isWithinTolerance: false };
  const said = (reference: Compared | NotCompared): string =>
    conversionLine({ ...base, check: { ...off, reference } });
  expect(said({ status: 'not verified', reason: 'nothing runs it' })).toMatch(
    /is not known: nothing runs it\n.*Are the golden outputs those of this model/,
  );
  expect(said(check)).toMatch(
    /onnxruntime, asked as well, agrees: .*\n {4}ok {2}y: .*\n.*the golden outputs are of another model/,
  );
  expect(said({ ...check, isWithinTolerance: false })).toMatch(
    /onnxruntime, asked as well, DOES NOT AGREE either: .*\n.*\n.*do not use it/,
  );
  const [output] = check.outputs;
  const broken = { ...output, maxAbsError: 0, compared: 0, broken: 10, isWithinTolerance: false };
  const none = conversionLine({ ...base, check: { ...off, maxAbsError: 0, outputs: [broken] } });
  expect(none).toMatch(/16 synthetic inputs, no element can be compared\n/);
  expect(none).toMatch(/DIFFERS {2}y: 10 elements cannot be compared \(NaN/);
  expect(none).not.toMatch(/difference 0/);
  const nan = { ...output, name: 'z', maxAbsError: 0, nan: 5, compared: 0 };
  const unproved = conversionLine({
    ...base,
    check: { ...check, outputs: [{ ...output, nan: 3 }, nan], remark: 'golden is NaN' },
  });
  expect(unproved).toMatch(/NO PROOF {2}z: NaN everywhere on both sides/);
  expect(unproved).toMatch(/ok {2}y: .*; 3 elements are NaN on both sides/);
  expect(unproved).toMatch(/note: golden is NaN/);
  expect(conversionLine({ ...base, check })).not.toMatch(/The file was written/);
  expect(text).toMatch(/first differs at "conv_3": .*"conv_2" before it still agrees/);
  const unknown = { status: 'not verified', reason: 'no op\x1b[31m my:Baz' } as const;
  expect(conversionLine({ ...base, check: unknown })).toBe(
    'm.ort  46.4 kB  not verified: no op⟨U+001B⟩[31m my:Baz\n',
  );
});
