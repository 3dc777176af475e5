import { expect, test } from 'vitest';
import { conversionLine } from '../../../shared/cli/render/conversion.ts';

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
  const golden = { ...check, against: 'golden outputs', isWithinTolerance: false };
  expect(conversionLine({ ...base, check: golden })).toMatch(
    /Are the golden outputs those of this model/,
  );
  expect(conversionLine({ ...base, check })).not.toMatch(/The file was written/);
  expect(text).toMatch(/first differs at "conv_3": .*"conv_2" before it still agrees/);
  const unknown = { status: 'not verified', reason: 'no op\x1b[31m my:Baz' } as const;
  expect(conversionLine({ ...base, check: unknown })).toBe(
    'm.ort  46.4 kB  not verified: no op⟨U+001B⟩[31m my:Baz\n',
  );
});
