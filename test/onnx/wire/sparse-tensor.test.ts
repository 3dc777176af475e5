import { expect, it } from 'vitest';
import { readRaw } from '../../../shared/onnx/tensor-data.ts';
import { readSparseTensor, writeSparseTensor } from '../../../shared/onnx/wire/sparse-tensor.ts';
import { readMessage, UNKNOWN_FIELD, writtenBytes, writtenMessage } from './_messages.ts';

const message = {
  values: { name: 's', dims: [1], data_type: 3, raw_data: Uint8Array.of(7) },
  indices: { dims: [1], data_type: 7, raw_data: new Uint8Array(8).fill(1) },
  dims: [4, 5],
};

it('gives back what it read', () => {
  const tensor = readMessage('SparseTensorProto', message, readSparseTensor, UNKNOWN_FIELD);
  expect(tensor.dims).toEqual([4, 5]);
  expect([...readRaw(tensor.values)]).toEqual([7]);
  expect(writtenMessage('SparseTensorProto', writeSparseTensor, tensor)).toEqual(message);
  expect([...writtenBytes(writeSparseTensor, tensor).slice(-6)]).toEqual([...UNKNOWN_FIELD]);
});

it('wants values, indices and possible dims', () => {
  const read = (parts: object): unknown =>
    readMessage('SparseTensorProto', { ...message, ...parts }, readSparseTensor);
  expect(() => read({ values: undefined })).toThrow('lacks its values or indices');
  expect(() => read({ indices: undefined })).toThrow('lacks its values or indices');
  expect(() => read({ dims: [-1] })).toThrow('impossible dims');
});
