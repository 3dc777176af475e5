import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detect, detectEntry } from '../../shared/formats/detect.ts';

const digits = fileURLToPath(new URL('../fixtures/tensorflow/digits_cnn/', import.meta.url));
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'fettle-test-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Writes a file below the temporary folder and gives its path. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const zip = (...names: string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map((name) => [name, new Uint8Array([1, 2, 3])])));

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function safetensors(header: string): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(16)]);
}

describe('real files', () => {
  test.each([
    ['model.onnx', 'onnx'],
    ['model.keras', 'keras'],
    ['model_keras3.h5', 'h5'],
    ['model_f16.tflite', 'tflite'],
    ['frozen.pb', 'frozen-graph'],
    ['saved_raw', 'saved-model'],
    ['saved_raw/saved_model.pb', 'saved-model'],
    ['tfjs_graph', 'tfjs'],
    ['tfjs_graph/model.json', 'tfjs'],
  ])('%s is %s', async (name, format) => {
    expect(await detect(join(digits, name))).toMatchObject({ format });
  });

  test('the suffix does not matter', async () => {
    const path = file('weights.bin', readFileSync(join(digits, 'model.onnx')));
    expect((await detect(path)).format).toBe('onnx');
    const keras = file('renamed.onnx', readFileSync(join(digits, 'model.keras')));
    expect((await detect(keras)).format).toBe('keras');
  });

  test('a truncated ONNX file is still one: its reader says where it ends', async () => {
    const bytes = readFileSync(join(digits, 'model.onnx'));
    for (const length of [4, 100, 20_000]) {
      expect((await detect(file('cut.onnx', bytes.subarray(0, length)))).format).toBe('onnx');
    }
  });

  test('links to models are followed', async () => {
    symlinkSync(join(digits, 'model.onnx'), join(dir, 'link'));
    expect((await detect(join(dir, 'link'))).format).toBe('onnx');
  });
});

describe('recognised and refused with the line to run', () => {
  test.each<[string, Uint8Array, string, RegExp]>([
    [
      'a.pt',
      zip('a/data.pkl', 'a/version', 'a/data/0'),
      'a PyTorch checkpoint',
      /torch\.onnx\.export\(model/,
    ],
    [
      'old.pth',
      latin('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M'),
      'a PyTorch checkpoint',
      /torch\.onnx\.export/,
    ],
    [
      's.pt',
      zip('s/data.pkl', 's/constants.pkl', 's/code/__torch__.py'),
      'a TorchScript model',
      /torch\.jit\.load\('.*s\.pt'\)/,
    ],
    [
      'e.pt2',
      zip('e/archive_format', 'e/models/model.json', 'e/data/weights/weight_0'),
      'a PyTorch exported program',
      /torch\.export\.load/,
    ],
    [
      'old.pt2',
      zip('version', 'serialized_exported_program.json'),
      'a PyTorch exported program',
      /torch\.export\.load/,
    ],
    [
      'm.safetensors',
      safetensors('{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'),
      'a safetensors file',
      /optimum-cli export onnx/,
    ],
    ['m.gguf', latin('GGUF\x03\0\0\0'), 'a GGUF file', /optimum-cli export onnx/],
    [
      'm.ort',
      latin('\x20\0\0\0ORTM\0\0'),
      'a model in ORT format',
      /^Give the ONNX model that it was made from/,
    ],
  ])('%s', async (name, bytes, title, line) => {
    const path = file(name, bytes);
    await expect(detectEntry(path)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(title),
      hint: expect.stringMatching(line),
    });
    // The contents decide, whatever the name.
    expect((await detect(file(`${name}.bin`, bytes))).title).toContain(title);
  });

  test.each([
    ['model.keras', 'keras', 'a Keras model'],
    ['model_keras3.h5', 'h5', 'a Keras model in HDF5'],
    ['saved_raw', 'saved-model', 'a TensorFlow SavedModel'],
    ['tfjs_graph', 'tfjs', 'a TensorFlow.js model'],
    ['frozen.pb', 'frozen-graph', 'a frozen TensorFlow graph'],
    ['model_f16.tflite', 'tflite', 'a TensorFlow Lite model'],
    ['model.onnx', 'onnx', 'an ONNX model'],
  ])('%s is read', async (name, format, title) => {
    expect(await detectEntry(join(digits, name))).toMatchObject({ name: format, title });
  });
});

describe('not a model', () => {
  test.each<[string, string | Uint8Array, RegExp, RegExp]>([
    ['empty.onnx', '', /is empty/, /again/],
    [
      'lfs.onnx',
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
      /Git LFS pointer/,
      /git lfs pull/,
    ],
    ['text.onnx', 'hello, this is not a model at all\n', /not a model/, /damaged/],
    ['zeros.onnx', new Uint8Array(1000), /not a model/, /damaged/],
    ['data.npz', zip('x.npy', 'y.npy'), /NumPy arrays/, /--data/],
    ['data.npy', latin('\x93NUMPY\x01\x00'), /NumPy arrays/, /--data/],
    ['photos.zip', zip('a.jpg'), /zip archive without a model.*a\.jpg/, /Unpack/],
    ['cut.zip', zip('config.json', 'metadata.json').subarray(0, 60), /cut off/, /again/],
    ['m.onnx.gz', latin('\x1f\x8b\x08'), /compressed/, /Unpack/],
    ['fake.safetensors', safetensors('not json'), /not a model/, /damaged/],
  ])('%s', async (name, bytes, message, hint) => {
    await expect(detect(file(name, bytes))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test('a missing path, a device, a folder without a model', async () => {
    await expect(detect(join(dir, 'none.onnx'))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('does not exist'),
    });
    await expect(detect('/dev/null')).rejects.toMatchObject({ exitCode: 2 });
    mkdirSync(join(dir, 'folder'));
    file('folder/net.onnx', 'x');
    await expect(detect(join(dir, 'folder'))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('is a folder of files, not a model'),
      hint: expect.stringContaining('net.onnx'),
    });
    mkdirSync(join(dir, 'weights'));
    file('weights/ck-1.index', 'x');
    await expect(detect(join(dir, 'weights'))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('is a checkpoint'),
      hint: expect.stringContaining('model.export'),
    });
  });
});
