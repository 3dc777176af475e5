import { afterAll, expect, test } from 'vitest';
import { DIGITS, fettle, makePlace } from '../../e2e/fettle.ts';

const place = makePlace();
afterAll(() => place.remove());

test('one line a file, JSON on demand', async () => {
  const { code, stdout } = await fettle(place, 'convert', DIGITS, '-o', 'd.ort', '--check');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^d\.ort {2}.*agrees with onnxruntime on 16 synthetic inputs/),
  });
  const json = JSON.parse(
    (await fettle(place, 'convert', DIGITS, '-o', 'd.onnx', '--json')).stdout,
  );
  expect(json).toMatchObject({ source: DIGITS, out: 'd.onnx', target: 'onnx' });
  expect(place.files()).toEqual(['d.onnx', 'd.ort']);
});

test('what belongs to other formats is refused', async () => {
  expect(await fettle(place, 'convert', DIGITS, '-o', 'x.onnx', '--signature', 's')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('SavedModels'),
  });
});
