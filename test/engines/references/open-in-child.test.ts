import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { LimitError, ToolError, UnsupportedError } from '../../../shared/base/errors.ts';
import { makeTempDir, removeTempDir } from '../../../shared/base/files.ts';
import { openInChild } from '../../../shared/engines/references/open-in-child.ts';
import { portsNamed } from './_ports.ts';

const folder = makeTempDir('child');
const stub = join(folder, 'stub.mjs');
writeFileSync(
  stub,
  `const tensor = (values, shape, dtype) => ({ dtype, shape, data: async () => values, dispose() {} });
  export { tensor };
  export const node = {
    async loadSavedModel(path, tags, signature) {
      if (path === 'broken') throw new Error('no such tag\\nat line 2');
      if (path === 'hangs') for (;;);
      return {
        predict(inputs) {
          const [x] = Object.values(inputs);
          if (x.shape[0] === 1) process.abort();
          return { y: x, seen: tensor([tags + ' ' + signature], [1], 'string') };
        },
      };
    },
  };`,
);
afterAll(() => removeTempDir(folder));

const open = (path: string, timeoutMs = 20_000) =>
  openInChild(
    {
      title: 'a stub',
      module: pathToFileURL(stub).href,
      model: { runtime: 'tfjs-node', path, signature: 'serve_it' },
      ports: portsNamed(['x'], ['y', 'seen']),
    },
    { timeoutMs },
  );

const x = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } as const;

describe.concurrent('a model in a child', { timeout: 30_000 }, () => {
  test('runs, and does not take this process along when it aborts', async () => {
    await using model = await open('m');
    expect(await model.run({ x })).toEqual({
      y: x,
      seen: { type: 'string', dims: [1], data: ['serve serve_it'] },
    });
    expect(model.tap).toBeUndefined();
    await expect(model.run({})).rejects.toThrow("there is no value for the input 'x'");
    const one = { ...x, dims: [1], data: Float32Array.of(1) };
    await expect(model.run({ x: one })).rejects.toThrow(ToolError);
  });

  test('that cannot be loaded is unsupported, in one line', async () => {
    const opening = open('broken');
    await expect(opening).rejects.toThrow(UnsupportedError);
    await expect(opening).rejects.toThrow(/^a stub cannot load the model: no such tag$/);
  });

  test('that hangs is ended', async () => {
    await expect(open('hangs', 300)).rejects.toThrow(LimitError);
  });
});
