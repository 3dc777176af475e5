import { expect, test } from 'vitest';
import { checkShapes, checkShapesOfData } from '../../shared/pipeline/check-shapes.ts';

const inputs = [
  { name: 'image', shape: ['batch', 3, '?', '?'] },
  { name: 'anything', shape: undefined },
];

test('free dimensions may be chosen, of inputs that are there', () => {
  expect(() =>
    checkShapes({ image: [1, 3, 48, 320], anything: [7] }, inputs, 'm.onnx'),
  ).not.toThrow();
});

test.each([
  [{ imgae: [1, 3, 48, 320] }, /"imgae", which is no input/, 'Did you mean "image"'],
  [{ image: [1, 1, 48, 320] }, /\[1, 1, 48, 320\].*\[batch, 3, \?, \?\]/, 'free dimensions'],
  [{ image: [3, 48, 320] }, /does not fit/, 'free dimensions'],
])('%j does not fit the model', (shapes, message, hint) => {
  expect(() => checkShapes(shapes, inputs, 'm.onnx')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      where: 'm.onnx',
      message: expect.stringMatching(message),
      hint: expect.stringContaining(hint),
    }),
  );
});

test('a shape that the data contradicts', () => {
  const fed = { image: [1, 3, 48, 320] };
  expect(() => checkShapesOfData({ image: [1, 3, 48, 320] }, fed, 'm.onnx')).not.toThrow();
  expect(() => checkShapesOfData({ image: [1, 3, 48, 160] }, fed, 'm.onnx')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(/\[1, 3, 48, 160\].*data’s samples have \[1, 3, 48, 320\]/),
    }),
  );
});
