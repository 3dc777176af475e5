import { expect, test } from 'vitest';
import {
  roundedBlocks,
  roundedChannels,
} from '../../../../shared/compress/quantize/weights/rounded-weight.ts';

test('a form takes what was made for its kind, and nothing else', () => {
  const blocks = {
    packed: new Uint8Array(16),
    scales: new Float32Array(1),
    zeroPoints: new Uint8Array(1),
  };
  const channels = { codes: new Int8Array(4), scales: new Float32Array(1) };
  expect(roundedBlocks({ blocks })).toBe(blocks);
  expect(roundedBlocks({ channels })).toBeUndefined();
  expect(roundedChannels({ channels })).toBe(channels);
  expect(roundedChannels({ blocks })).toBeUndefined();
  expect([roundedBlocks(undefined), roundedChannels(undefined)]).toEqual([undefined, undefined]);
});
