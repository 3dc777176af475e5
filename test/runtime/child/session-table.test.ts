import { describe, expect, it } from 'vitest';
import { toFloat16Bits } from '../../../shared/base/float16.ts';
import type { Tensor, TensorType } from '../../../shared/base/tensor.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { SessionTable } from '../../../shared/runtime/child/session-table.ts';
import { graph, model, node } from '../../onnx/_build.ts';
import { typed } from '../_models.ts';

const options = { threads: 1, optimization: 'all', extra: {} } as const;
const identity = (type: TensorType) =>
  encodeModel(
    model(
      graph([node('Identity', ['x'], ['y'])], [], [], {
        inputs: [typed('x', type, ['n', 2])],
        outputs: [typed('y', type, ['n', 2])],
      }),
    ),
  );

const SAMPLES: Record<TensorType, Tensor['data']> = {
  float32: new Float32Array([1.5, Number.NaN]),
  float64: new Float64Array([Math.PI, -0]),
  float16: new Uint16Array([toFloat16Bits(0.1), toFloat16Bits(-65504)]),
  int8: new Int8Array([-128, 127]),
  uint8: new Uint8Array([0, 255]),
  int16: new Int16Array([-32768, 32767]),
  uint16: new Uint16Array([0, 65535]),
  int32: new Int32Array([-(2 ** 31), 2 ** 31 - 1]),
  uint32: new Uint32Array([0, 2 ** 32 - 1]),
  int64: new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]),
  uint64: new BigUint64Array([0n, 2n ** 64n - 1n]),
  bool: new Uint8Array([1, 0]),
  string: ['', 'día'],
};

describe('SessionTable', () => {
  it.each(Object.keys(SAMPLES) as TensorType[])('passes %s through unchanged', async (type) => {
    const table = new SessionTable();
    const opened = await table.open({ session: 1, source: identity(type), options });
    expect(opened.inputs).toEqual([{ name: 'x', tensor: { type, shape: ['n', 2] } }]);
    const x: Tensor = { type, dims: [1, 2], data: SAMPLES[type] };
    const { y } = await table.run({ session: 1, feeds: { x }, fetch: null });
    expect(y).toEqual(x);
    await table.close({ session: 1 });
  });

  it('reports dimensions without a name as unknown, and values that are no tensors', async () => {
    const sequence = model(
      graph([node('SequenceConstruct', ['x', 'x'], ['s'])], [], ['s'], {
        inputs: [typed('x', 'float32', [null, 'n', 3])],
      }),
    );
    const table = new SessionTable();
    const opened = await table.open({ session: 1, source: encodeModel(sequence), options });
    expect(opened.inputs[0]?.tensor?.shape).toEqual([null, 'n', 3]);
    expect(opened.outputs).toEqual([{ name: 's', tensor: null }]);
    const x: Tensor = { type: 'float32', dims: [0, 1, 3], data: new Float32Array() };
    await expect(table.run({ session: 1, feeds: { x }, fetch: null })).rejects.toThrow(
      'Non tensor type',
    );
    await table.close({ session: 1 });
  });

  it('times runs in the order asked', async () => {
    const table = new SessionTable();
    await table.open({ session: 7, source: identity('float32'), options });
    await table.open({ session: 8, source: identity('int8'), options });
    const feeds = (['float32', 'int8'] as const).map((type) => ({
      x: { type, dims: [1, 2], data: SAMPLES[type] },
    }));
    const times = await table.time({ sessions: [7, 8], feeds, order: [0, 1, 1, 0, 1] });
    expect(times).toHaveLength(5);
    expect(times.every((ms) => ms > 0)).toBe(true);
    await expect(table.time({ sessions: [9], feeds, order: [0] })).rejects.toThrow('not open');
    await expect(table.time({ sessions: [7], feeds, order: [3] })).rejects.toThrow('position 3');
    await table.close({ session: 7 });
    await expect(table.run({ session: 7, feeds: {}, fetch: null })).rejects.toThrow('not open');
    await table.close({ session: 8 });
  });
});
