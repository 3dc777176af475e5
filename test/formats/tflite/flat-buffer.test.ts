import { describe, expect, it } from 'vitest';
import { LimitError, ModelError } from '../../../shared/base/errors.ts';
import { FlatBuffer, type Table } from '../../../shared/formats/tflite/flat-buffer.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

/** A root table with an int in slot 0, a text in slot 1, floats in slot 2 and itself, twice, in slot 3. */
function file(): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 64, true);
  bytes.set(new TextEncoder().encode('TFL3'), 4);
  // The vtable: its size, the table's, then where each field lies in the table.
  for (const [place, value] of [12, 24, 4, 8, 0, 12].entries())
    view.setUint16(16 + 2 * place, value, true);
  view.setInt32(64, 64 - 16, true);
  view.setInt32(68, -7, true);
  view.setUint32(72, 96 - 72, true);
  view.setUint32(96, 3, true);
  bytes.set(new TextEncoder().encode('été'.slice(1)), 100);
  view.setUint32(76, 112 - 76, true);
  view.setUint32(112, 2, true);
  view.setFloat32(116, 0.5, true);
  view.setFloat32(120, -2, true);
  return { bytes, view };
}

const root = (bytes: Uint8Array): Table =>
  new FlatBuffer(memorySource(bytes, 'model.tflite')).root('TFL3');

describe('tables', () => {
  it('give fields by slot, and what stands for absent ones', () => {
    const table = root(file().bytes);
    expect(table.number(0, 'int')).toBe(-7);
    expect(table.text(1)).toBe('té');
    expect(table.has(2)).toBe(false);
    expect(table.number(2, 'float', 1.5)).toBe(1.5);
    expect(table.numbers(3, 'float')).toEqual([0.5, -2]);
    expect(table.numbers(9, 'float')).toEqual([]);
    expect(table.text(9)).toBe('');
    expect(table.table(9)).toBeUndefined();
    expect(table.range(1)).toMatchObject({ offset: 100, length: 3 });
  });

  it('are read across the borders of pages', () => {
    const { bytes } = file();
    const long = new Uint8Array(bytes.length + (1 << 16));
    long.set(bytes);
    const view = new DataView(long.buffer);
    // A vector whose second number lies across the first border.
    const at = (1 << 16) - 6;
    view.setUint32(76, at - 76 - 4, true);
    view.setUint32(at - 4, 2, true);
    view.setFloat32(at, 3, true);
    view.setFloat32(at + 4, 4.25, true);
    expect(root(long).numbers(3, 'float')).toEqual([3, 4.25]);
  });
});

describe('files that are not as they should be', () => {
  it('of another kind are no TFLite', () => {
    expect(() => root(new Uint8Array(64))).toThrow(ModelError);
    expect(() => root(new Uint8Array(3))).toThrow('the identifier TFL3 is missing');
  });

  it('whose offsets lead outside are broken', () => {
    for (const [at, value] of [
      [0, 4000],
      [64, -1_000_000],
      [72, 0x7fffffff],
      [96, 0x7fffffff],
    ] as const) {
      const { bytes, view } = file();
      view.setInt32(at, value, true);
      expect(() => root(bytes).text(1)).toThrow(ModelError);
    }
  });

  it('that describe more than fits into memory are too large', () => {
    // The same vector is read again and again, as tables that point to one place would.
    const bytes = new Uint8Array(1 << 20);
    bytes.set(file().bytes);
    new DataView(bytes.buffer).setUint32(112, 200_000, true);
    const table = root(bytes);
    expect(() => {
      for (let count = 0; count < 1000; count++) table.numbers(3, 'float');
    }).toThrow(LimitError);
  });
});
