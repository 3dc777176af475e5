import { describe, expect, it } from 'vitest';
import { TensorList } from '../../../../shared/formats/tf/control-flow/list-value.ts';
import { isValue, type TfValue } from '../../../../shared/formats/tf/op.ts';
import { caseNamed, errorOf, modelOf, opsOf } from './_cases.ts';
import { apply, builder, typed } from './_graph.ts';

const known = (value: TfValue | undefined) => (isValue(value) ? value.known : undefined);

function arrayOf(b: ReturnType<typeof builder>, size: number, grows = false): TfValue {
  const [, flow] = apply(b, 'TensorArrayV3', [b.scalar(size, 'int32')], {
    dtype: typed('int32'),
    dynamic_size: grows,
  });
  return flow as TfValue;
}

describe('arrays of tensors', () => {
  it.each([
    ['v1 while collect', { Loop: 1 }],
    ['v1 while early stop', { Loop: 1 }],
    ['v1 while fibonacci', { Loop: 1 }],
    ['v1 map_fn', { Loop: 1 }],
  ])('%s gives what TensorFlow gives', async (name, ops) => {
    const example = caseNamed(name);
    const model = modelOf(example.graph);
    expect(opsOf(model)).toMatchObject(ops);
    expect(await errorOf(model, example)).toBeLessThanOrEqual(1e-6);
  });

  it('are written, read, gathered and joined', () => {
    const b = builder();
    const empty = arrayOf(b, 2);
    const rows = [b.numbers([1, 2], 'int32'), b.numbers([3], 'int32')];
    const written = rows.reduce<TfValue>(
      (flow, row, place) =>
        apply(b, 'TensorArrayWriteV3', [empty, b.scalar(place, 'int32'), row, flow])[0] as TfValue,
      empty,
    );
    const read = apply(b, 'TensorArrayReadV3', [empty, b.scalar(1, 'int32'), written]);
    expect(read[0]).toBe(rows[1]);
    const [joined, lengths] = apply(b, 'TensorArrayConcatV3', [empty, written]);
    expect(known(joined)).toEqual([1, 2, 3]);
    expect(known(lengths)).toEqual([2, 1]);
    expect(known(apply(b, 'TensorArraySizeV3', [empty, written])[0])).toEqual([2]);
  });

  it('are split from one tensor', () => {
    const b = builder();
    const tensor = b.numbers([4, 5, 6], 'int32');
    const lengths = b.numbers([1, 2], 'int64');
    const empty = arrayOf(b, 2);
    const [made] = apply(b, 'TensorArraySplitV3', [empty, tensor, lengths, empty]);
    expect(made instanceof TensorList && made.size).toBe(2);
  });

  it('become longer only where they may', () => {
    const b = builder();
    const write = (array: TfValue) =>
      apply(b, 'TensorArrayWriteV3', [array, b.scalar(3, 'int32'), b.scalar(1, 'int32'), array])[0];
    const longer = write(arrayOf(b, 1, true));
    expect(longer instanceof TensorList && longer.size).toBe(4);
    expect(() => write(arrayOf(b, 1))).toThrow(/element 3 of a list of 1/);
  });
});
