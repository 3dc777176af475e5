import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { readKeras } from '../../../shared/formats/keras/read-keras.ts';
import { TOLERANCE } from './_cases.ts';
import { bytesOfCase, errorOfFile, fileCase, fileCases, readAny, withFile } from './_files.ts';

const mine = fileCases.filter(({ files }) => Object.keys(files)[0]?.endsWith('.keras'));

it.each(mine.filter(({ outputs }) => outputs))(
  '$name computes what Keras computes',
  async (item) => {
    // Half precision is stored rounded, and computed in float32 from what is stored.
    expect(await errorOfFile(item)).toBeLessThanOrEqual(TOLERANCE);
  },
);

it.each([
  ['keras 3, npz', 3, /weights as pickles, which are never loaded/],
  ['keras without a configuration', 2, /bare\.keras has no config\.json/],
  [
    "a Lambda and a layer of one's own",
    3,
    /Doubled \(1×: "twice"\) – "mine>Doubled" is a class of your own.*Lambda \(1×: "plus"\) – it holds Python bytecode/,
  ],
  ['a subclassed model', 3, /does not say of which layers the model is made: its class is "Sub"/],
  ['a model that was never built', 2, /saved before it was built: no shape of its input/],
])('%s is refused with its reason', async (name, exitCode, message) => {
  await withFile(fileCase(name), async (path) => {
    await expect(readAny(path)).rejects.toMatchObject({
      exitCode,
      message: expect.stringMatching(message),
    });
  });
});

it('says who wrote the file, and what was odd about it', async () => {
  await withFile(fileCase('half precision'), async (path) => {
    using source = await readAny(path);
    expect(source.producer).toMatch(/^Keras 3\./);
    expect(source.notes.join()).toMatch(/half precision/);
  });
});

it('weights are read when they are written, from a file that is open', async () => {
  await withFile(fileCase('keras 3'), async (path) => {
    const source = await readAny(path);
    const kinds = [...source.model.graph.initializers.values()].map(({ storage }) => storage.kind);
    expect(kinds).toContain('file');
    source[Symbol.dispose]();
    source[Symbol.dispose]();
  });
});

it.each([
  ['no zip', new TextEncoder().encode('nothing')],
  ['an empty zip', zipSync({})],
  ['a configuration that is no JSON', zipSync({ 'config.json': new Uint8Array(3) })],
  [
    'no weights',
    zipSync({
      'config.json': new TextEncoder().encode('{"class_name":"Sequential","config":{"layers":[]}}'),
    }),
  ],
  [
    'weights that are no HDF5',
    zipSync({
      'config.json': new TextEncoder().encode('{}'),
      'model.weights.h5': new Uint8Array(900),
    }),
  ],
  [
    'a shard that is not there',
    zipSync({
      'config.json': new TextEncoder().encode('{}'),
      'model.weights.json': new TextEncoder().encode('{"weight_map":{"/vars":"x.h5"}}'),
    }),
  ],
])('%s is a broken file', async (_, bytes) => {
  await withFile(
    fileCase('keras 3'),
    async (path) => {
      await expect(readKeras(path, { shown: 'm.keras' })).rejects.toMatchObject({ exitCode: 2 });
    },
    bytes,
  );
});

it('a file that is cut off is a broken file wherever it is cut', async () => {
  const whole = bytesOfCase(fileCase('keras 3'));
  for (let part = 1; part < 20; part++) {
    const bytes = whole.subarray(0, Math.floor((whole.length * part) / 20));
    await withFile(
      fileCase('keras 3'),
      (path) => expect(readAny(path)).rejects.toMatchObject({ exitCode: 2 }),
      bytes,
    );
  }
});
