import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { openZip } from '../../shared/formats/open-zip.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import type { ByteSource } from '../../shared/onnx/stored-tensor.ts';

const NOISE = Uint8Array.from({ length: 600_000 }, (_, index) => (index * index) % 251);
const archive = zipSync({ 'a/b.bin': NOISE, c: [NOISE.subarray(0, 10), { level: 0 }] });

async function read(source: ByteSource): Promise<Record<string, Buffer>> {
  const zip = await openZip(source);
  const found: Record<string, Buffer> = {};
  for await (const entry of zip.eachEntry()) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry))
      if (chunk instanceof Uint8Array) chunks.push(chunk);
    found[entry.fileName] = Buffer.concat(chunks);
  }
  return found;
}

it('unpacks what is deflated, in chunks, and what is stored', async () => {
  const found = await read(memorySource(archive));
  expect(Object.keys(found)).toEqual(['a/b.bin', 'c']);
  expect(found['a/b.bin']?.equals(NOISE)).toBe(true);
  expect(found.c?.length).toBe(10);
});

it('passes on why a source could not be read', async () => {
  const whole = memorySource(archive);
  const half: ByteSource = {
    ...whole,
    readInto(target, offset) {
      if (offset < 100) throw new Error('not here yet');
      whole.readInto(target, offset);
    },
    read: () => {
      throw new Error('not here yet');
    },
  };
  await expect(read(half)).rejects.toThrow('not here yet');
  await expect(openZip(memorySource(archive.subarray(0, 1000)))).rejects.toThrow(
    /central directory/,
  );
});
