import { expect, it } from 'vitest';
import { goldenCases } from '../_harness.ts';
import { raise, refusalOf } from './_raise.ts';

goldenCases('raise-opset/attributes-to-inputs', raise);

it('refuses a value whose type nobody knows', () => {
  expect(refusalOf('y = Pad <pads = [0, 1], value = 1.0> (w)', 10, 11)).toContain(
    "Pad 'y': the element type of its input is unknown",
  );
});
