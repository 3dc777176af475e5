import { expect, it } from 'vitest';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { ByteRange } from '../../../shared/onnx/stored-tensor.ts';
import type { ByteTarget } from '../../../shared/onnx/wire/sink.ts';
import { StreamSink } from '../../../shared/onnx/wire/stream-sink.ts';
import { writtenBytes } from './_messages.ts';

it('writes what the encoding guide shows', () => {
  const bytes = writtenBytes((sink) => {
    sink.integer(1, 150);
    sink.integer(1, -2);
    sink.string(2, 'testing');
    sink.float32(3, 1);
    sink.message(3, (inner) => inner.integer(1, 150), null);
  }, null);
  expect(Buffer.from(bytes).toString('hex')).toBe(
    `089601${'08feffffffffffffffff01'}120774657374696e67${'1d0000803f'}1a03089601`,
  );
});

it('keeps the order of what is buffered, written through and copied', () => {
  const source = memorySource(Uint8Array.from({ length: 200_000 }, (_, i) => i % 251));
  const part = (offset: number, length: number): ByteRange => ({ source, offset, length });
  const fields = [part(0, 10), part(10, 100_000), part(100_010, 20), part(100_030, 99_970)];
  const bytes = writtenBytes((sink) => {
    sink.verbatim(fields.slice(0, 2));
    sink.encoded(source.read(100_010, 20));
    sink.verbatim(fields.slice(3));
  }, null);
  expect(Buffer.compare(bytes, source.read(0, 200_000))).toBe(0);
});

it('writes texts longer than its buffer', () => {
  const text = 'ü'.repeat(100_000);
  const bytes = writtenBytes((sink) => sink.string(1, text), null);
  expect(Buffer.from(bytes.subarray(4)).toString()).toBe(text);
});

it('does not write a message that was not measured', () => {
  const target: ByteTarget = { write: () => {}, copy: () => {} };
  const sink = new StreamSink(target, [], () => undefined);
  expect(() => sink.message(1, () => {}, null)).toThrow('not measured');
});

it('tells where the raw data of tensors begins, buffered or not', () => {
  const tensors = [10, 40_000, 20, 70_000].map((count) =>
    float32Tensor(`${count}`, [count], new Float32Array(count).fill(count)),
  );
  const parts: Uint8Array[] = [];
  const target: ByteTarget = {
    write: (bytes) => parts.push(new Uint8Array(bytes)),
    copy: () => {},
  };
  const offsets: number[] = [];
  const sink = new StreamSink(
    target,
    [],
    () => undefined,
    (_, offset) => offsets.push(offset),
  );
  for (const tensor of tensors) sink.rawData(9, tensor);
  sink.flush();
  const written = Buffer.concat(parts);
  expect(offsets.map((at) => written.readFloatLE(at))).toEqual([10, 40_000, 20, 70_000]);
});

it('asks for a tensor’s place', () => {
  const tensor = float32Tensor('w', [1], [1]);
  const place = { location: 'w', offset: 0, length: 4 };
  const target: ByteTarget = { write: () => {}, copy: () => {} };
  const sink = new StreamSink(target, [], (asked) => (asked === tensor ? place : undefined));
  expect(sink.placeOf(tensor)).toBe(place);
});
