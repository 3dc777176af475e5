import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { s3Bytes } from '../../../functions/adapters/s3-bytes.ts';
import { rawTensor } from '../../../shared/onnx/make-tensor.ts';
import { readByParts } from '../../../shared/onnx/read-by-parts.ts';
import { readModel } from '../../../shared/onnx/read-model.ts';
import { encodeModel } from '../../../shared/onnx/write-model.ts';
import { graph, model, node } from '../../onnx/_build.ts';
import { withS3 } from './_bucket.ts';

const makeBucket = withS3();

/** Two tensors of 4 MB each. */
const LARGE = encodeModel(
  model(
    graph([node('Add', ['w', 'v'], ['y'])], [], ['y'], {
      initializers: new Map(
        ['w', 'v'].map((name) => [
          name,
          rawTensor(name, 'float32', [1_000_000], new Uint8Array(4_000_000)),
        ]),
      ),
    }),
  ),
);

it('reads the header of a model without its weights, and counts', async () => {
  const { client, bucket, operations } = makeBucket();
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'm.onnx', Body: LARGE }));
  const remote = s3Bytes({ client, bucket, key: 'm.onnx' }, LARGE.length);
  const names = await readByParts(remote, (source) => [
    ...readModel(source).graph.initializers.keys(),
  ]);
  expect(names).toEqual(['w', 'v']);
  expect(remote.count.bytes).toBeLessThan(LARGE.length / 5);
  expect(operations().GetObject).toBe(remote.count.requests);
});

it('names the object when it cannot be read', async () => {
  const { client, bucket } = makeBucket();
  const remote = s3Bytes({ client, bucket: `${bucket}-no`, key: 'm.onnx' }, 10);
  await expect(remote.fetch(0, 10)).rejects.toThrow(`there is no bucket s3://${bucket}-no/m.onnx`);
});
