import ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import {
  lengthOf,
  padTo,
  selectBoxes,
  selectOfOne,
} from '../../../shared/formats/build/select-boxes.ts';
import { anyInput, run } from './_graph.ts';

const BOXES = [0, 0, 1, 1, 0, 0, 1, 0.9, 2, 2, 3, 3];

it('the better of two that overlap, the first of equals, none below the score', async () => {
  const b = Builder.root(17);
  const boxes = b.input('boxes', 'float32', [null, 4]);
  const scores = b.numbers([0.5, 0.5, 0.9], 'float32');
  const limits = { most: b.scalar(5, 'int32'), overlap: b.scalar(0.5, 'float32') };
  const kept = selectOfOne(b, boxes, scores, limits);
  const good = selectOfOne(b, boxes, scores, { ...limits, score: b.scalar(0.6, 'float32') });
  const values = [kept, good, padTo(b, kept, b.scalar(4, 'int32')), lengthOf(b, kept)];
  const results = await run(b, values, {
    boxes: new ort.Tensor('float32', Float32Array.from(BOXES), [3, 4]),
  });
  expect(results.map(({ numbers }) => numbers)).toEqual([[2, 0], [2], [2, 0, 0, 0], [2]]);
});

it('of images and classes by three numbers', () => {
  const b = Builder.root(17);
  const chosen = selectBoxes(
    b,
    anyInput(b, 'float16', ['n', 3, 4]),
    anyInput(b, 'float16', ['n', 2, 3]),
    {
      most: b.scalar(1, 'int32'),
      overlap: b.scalar(0.5, 'float16'),
    },
  );
  expect([chosen.type, chosen.shape]).toEqual(['int64', [null, 3]]);
});
