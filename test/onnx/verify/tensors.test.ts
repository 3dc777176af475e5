import { describe, expect, it } from 'vitest';
import { int64Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { StoredTensor, TensorStorage } from '../../../shared/onnx/stored-tensor.ts';
import { graph, node } from '../_build.ts';
import { broken } from './_rules.ts';

const bytes = (length: number): TensorStorage => ({
  kind: 'memory',
  bytes: new Uint8Array(length),
});
const tensor = (parts: Partial<StoredTensor>): StoredTensor => ({
  name: 'w',
  type: 'float32',
  dims: [2, 3],
  storage: bytes(24),
  ...parts,
});
const check = (parts: Partial<StoredTensor>): string[] =>
  broken(
    graph([node('Identity', ['w'], ['y'])], [], ['y'], {
      initializers: new Map([['w', tensor(parts)]]),
    }),
    { opsets: new Map([['', 21]]) },
  );
const BAD = ["tensor-bytes: initializer 'w'"];

describe('stored bytes', () => {
  it('fit type and dims', () => {
    expect(check({})).toEqual([]);
    expect(check({ storage: bytes(23) })).toEqual(BAD);
    expect(check({ dims: [2, -3] })).toEqual(BAD);
    expect(check({ type: 'int4', dims: [3], storage: bytes(2) })).toEqual([]);
    expect(check({ type: 'int4', dims: [3], storage: bytes(3) })).toEqual(BAD);
    expect(check({ dims: [], storage: bytes(4) })).toEqual([]);
  });

  it('are counted by the storage that holds them', () => {
    const source = { name: 'file', size: 100, read: () => bytes, close() {} };
    const range = (length: number) => ({
      source: { ...source, read: () => new Uint8Array(length), readInto() {} },
      offset: 0,
      length,
    });
    expect(check({ storage: { kind: 'file', range: range(20) } })).toEqual(BAD);
    const field = 'float_data' as const;
    expect(check({ storage: { kind: 'packed', field, ranges: [range(12), range(12)] } })).toEqual(
      [],
    );
    expect(check({ storage: { kind: 'packed', field, ranges: [range(12)] } })).toEqual(BAD);
    const values = [new Uint8Array(), new Uint8Array()];
    expect(check({ type: 'string', dims: [2], storage: { kind: 'strings', values } })).toEqual([]);
    expect(check({ type: 'string', dims: [3], storage: { kind: 'strings', values } })).toEqual(BAD);
    expect(check({ dims: [2], storage: { kind: 'strings', values } })).toEqual(BAD);
  });

  it('are checked in attributes too', () => {
    const constant = node(
      'Constant',
      [],
      ['y'],
      [['value', { type: 'tensor', value: tensor({ storage: bytes(1) }) }]],
    );
    expect(broken(graph([constant], [], ['y']))).toEqual([
      "tensor-bytes: attribute 'value' of node 0 (Constant)",
    ]);
  });

  it('of sparse tensors have an index each', () => {
    const sparse = (indices: StoredTensor) =>
      broken(
        graph([node('Identity', ['w'], ['y'])], [], ['y'], {
          sparseInitializers: [{ values: tensor({ dims: [6] }), indices, dims: [10, 10] }],
        }),
      );
    expect(sparse(int64Tensor('', [6], [1, 2, 3, 4, 5, 6]))).toEqual([]);
    expect(sparse(int64Tensor('', [3, 2], [1, 2, 3, 4, 5, 6]))).toEqual([
      "tensor-bytes: sparse initializer 'w'",
    ]);
  });
});
