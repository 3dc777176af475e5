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

test('the model may stand behind --check and --shape; data stands behind =', async () => {
  const bare = await fettle(place, 'convert', '-o', 'e.onnx', '--check', DIGITS);
  expect(bare).toMatchObject({ code: 0, stdout: expect.stringContaining('synthetic inputs') });
  const shape = ['--shape', 'image=1,8,8,1'];
  expect(await fettle(place, 'convert', '-o', 'e.onnx', ...shape, DIGITS)).toMatchObject({
    code: 0,
  });
  const data = await fettle(place, 'convert', DIGITS, '-o', 'e.onnx', '--check=none.npz');
  expect(data).toMatchObject({ code: 2, stderr: expect.stringContaining('none.npz') });
});

test('a shape for no input is an error with the nearest name', async () => {
  expect(
    await fettle(place, 'convert', DIGITS, '-o', 'f.onnx', '--shape', 'imgae=1,8,8,1'),
  ).toMatchObject({ code: 2, stderr: expect.stringMatching(/"imgae".*Did you mean "image"/s) });
});
