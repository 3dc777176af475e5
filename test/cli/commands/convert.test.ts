import { afterAll, expect, test } from 'vitest';
import { parseModel } from '../../../shared/onnx/text.ts';
import { writeModel } from '../../../shared/onnx/write-model.ts';
import { DIGITS, fettle, makePlace } from '../../e2e/fettle.ts';
import { npy, writeNpz } from '../../measure/data/numpy-files.ts';

const place = makePlace();
const write = (name: string, text: string): void => {
  writeModel(
    parseModel(`<ir_version: 8, opset_import: ["": 17, "my.own": 1]>\n${text}`),
    place.path(name),
  );
};
const G = 'g (float[1,2] x) => (float[1,2] y)';
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

test('--check beyond tolerance: 1, and the file is kept', async () => {
  writeNpz(place.path('golden.npz'), {
    image: npy([2, 8, 8, 1], new Float32Array(128)),
    output_0: npy([2, 10], new Float32Array(20).fill(0.1)),
  });
  const result = await fettle(place, 'convert', DIGITS, '-o', 'g.onnx', '--check=golden.npz');
  expect(result).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^g\.onnx.*DOES NOT AGREE with golden outputs on 2 samples/),
  });
  expect(place.files()).toContain('g.onnx');
});

test('--check that cannot be done: 0, not verified, and why', async () => {
  write('custom.onnx', `${G} { y = my.own.Baz (x) }`);
  expect(await fettle(place, 'convert', 'custom.onnx', '-o', 'c.onnx', '--check')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^c\.onnx.*not verified: .*my\.own:Baz/),
  });
  const { code, stdout } = await fettle(
    place,
    ...['convert', 'custom.onnx', '-o', 'c.onnx', '--check', '--json'],
  );
  expect({ code, json: JSON.parse(stdout) }).toMatchObject({
    code: 0,
    json: { check: { status: 'not verified', reason: expect.stringContaining('my.own:Baz') } },
  });
  // onnxruntime itself writes .ort, so that there is nothing to write.
  expect(await fettle(place, 'convert', 'custom.onnx', '-o', 'c.ort')).toMatchObject({ code: 3 });
});

test('what is odd about a model is said on stderr, unless --quiet', async () => {
  write('late.onnx', `${G} { y = Relu (a)\n a = Abs (x) }`);
  const argv = ['convert', 'late.onnx', '-o', 'sorted.onnx'];
  expect(await fettle(place, ...argv)).toMatchObject({
    code: 0,
    stderr: 'note: a node stands before what it reads: taken in the right order\n',
  });
  expect(await fettle(place, ...argv, '--quiet')).toMatchObject({ code: 0, stderr: '' });
});
