import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Digest } from '../../../shared/base/brand.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { sendBlobs } from '../../../shared/pipeline/distributed/send-blobs.ts';
import { fileTransfer } from './_site.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as Digest;

async function send(contents: readonly string[], pieces?: { bytes: number; count: number }) {
  const folder = makeTempDir('test');
  const at = (name: string) => join(folder, name);
  const digests = contents.map((_, index) => digest('abcdef'[index] ?? ''));
  contents.forEach((text, index) => {
    writeFileSync(at(digests[index] ?? ''), text);
  });
  const upload = {
    ...{ result: at('result'), blobs: [at('blob-0'), at('blob-1')] },
    ...(pieces && {
      pieces: {
        bytes: pieces.bytes,
        urls: Array.from({ length: pieces.count }, (_, index) => at(`piece-${index}`)),
      },
    }),
  };
  const store = { pathOf: async (one: Digest) => at(one) };
  const sent = await sendBlobs(digests, store, { upload, step: 'prepare' }, fileTransfer);
  return { sent, text: (name: string) => readFileSync(at(name), 'utf8') };
}

it('small ones go to their slots, a large one into pieces', async () => {
  const { sent, text } = await send(['model', '0123456789ab'], { bytes: 5, count: 4 });
  expect(sent).toEqual([
    { digest: digest('a'), slot: 0 },
    { digest: digest('b'), pieces: 3 },
  ]);
  expect([text('blob-0'), text('piece-0'), text('piece-1'), text('piece-2')]).toEqual([
    ...['model', '01234', '56789', 'ab'],
  ]);
  expect(() => text('piece-3')).toThrow('ENOENT');
});

it('what the order has no room for is refused', async () => {
  await expect(send(['0123456789a'], { bytes: 5, count: 2 })).rejects.toMatchObject({
    name: 'LimitError',
    message: 'prepare made a file of 11 B, and its order has room for 10 B',
  });
  await expect(send(['a', 'b', 'c'])).rejects.toThrow('stored more than');
  await expect(send(['0123456', '0123456'], { bytes: 5, count: 9 })).rejects.toThrow(
    'stored two files of more than 5 B',
  );
});
