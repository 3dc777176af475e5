import { expect, it } from 'vitest';
import { SizeSink } from '../../../shared/onnx/wire/size-sink.ts';

it('notes lengths in the order in which messages open', () => {
  const sink = new SizeSink(() => undefined);
  sink.message(
    1,
    (outer) => {
      outer.integer(1, 300);
      outer.message(2, (inner) => inner.string(1, 'ab'), null);
      outer.message(2, () => {}, null);
    },
    null,
  );
  sink.bytes(100, new Uint8Array(200));
  // 3 + 6 + 2 bytes inside the first; then two of key, two of length, and the bytes.
  expect(sink.lengths).toEqual([11, 4, 0]);
  expect(sink.size).toBe(13 + 204);
});
