import { expect, it } from 'vitest';
import { packNibbles } from '../../../../../shared/compress/quantize/weights/kernels/pack-nibbles.ts';

it('packs rows of codes, the first in the low half', () => {
  expect([...packNibbles(Uint8Array.of(1, 2, 3, 4), 4)]).toEqual([0x21, 0x43]);
  expect([...packNibbles(Uint8Array.of(1, 2, 3, 15, 5, 6), 3)]).toEqual([0x21, 0x03, 0x5f, 0x06]);
});
