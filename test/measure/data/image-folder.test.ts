import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { openData } from '../../../shared/measure/data/open.ts';
import { input } from './inputs.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();
const image = [input('x', 'float32', ['N', 2, 2, 3])];

async function picture(path: string, background: string): Promise<void> {
  await sharp({ create: { width: 2, height: 2, channels: 3, background } })
    .png()
    .toFile(path);
}

beforeAll(async () => {
  for (const folder of ['set/10-dogs', 'set/9-cats', 'set/.cache', 'flat', 'none'])
    mkdirSync(temp(folder), { recursive: true });
  await picture(temp('set/9-cats/b.png'), '#00f');
  await picture(temp('set/9-cats/a.png'), '#0f0');
  await picture(temp('set/10-dogs/a.png'), '#f00');
  writeFileSync(temp('set/9-cats/notes.txt'), 'x');
  await picture(temp('flat/a.png'), '#f00');
});

describe('a folder of images', () => {
  it('has a class per sub-folder, sorted by name, decoded on demand', async () => {
    const data = await openData({ path: temp('set') }, image);
    expect(data).toMatchObject({ length: 3, hasLabels: true, classNames: ['10-dogs', '9-cats'] });
    expect([0, 1, 2].map(data.label)).toEqual([0, 1, 1]);
    expect([...((await data.sample(2)).x?.data ?? [])].slice(0, 3)).toEqual([0, 0, 1]);
    expect(data.notes).toEqual([expect.stringMatching(/not used, e\.g\. notes\.txt/)]);
  });

  it('is unlabelled without sub-folders', async () => {
    const data = await openData({ path: temp('flat') }, image);
    expect(data).toMatchObject({ length: 1, hasLabels: false });
    expect(data.label(0)).toBeUndefined();
  });

  it('has a digest of its images, names and preparation', async () => {
    const digest = async (spec: Parameters<typeof openData>[0]) =>
      (await openData(spec, image)).digest;
    const first = await digest({ path: temp('set') });
    expect(await digest({ path: temp('set') })).toBe(first);
    expect(await digest({ path: temp('set'), input: { mean: 0.5 } })).not.toBe(first);
    writeFileSync(temp('set/9-cats/notes.txt'), 'y');
    expect(await digest({ path: temp('set') })).toBe(first);
    await picture(temp('set/9-cats/b.png'), '#00e');
    expect(await digest({ path: temp('set') })).not.toBe(first);
    await picture(temp('set/9-cats/b.png'), '#00f');
  });

  it('reads images that are Git LFS pointers', async () => {
    const bytes = readFileSync(temp('flat/a.png'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const objects = temp(`.git/lfs/objects/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}`);
    mkdirSync(objects, { recursive: true });
    writeFileSync(`${objects}/${sha256}`, bytes);
    mkdirSync(temp('lfs'));
    writeFileSync(
      temp('lfs/a.png'),
      `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes.length}\n`,
    );
    const data = await openData({ path: temp('lfs') }, image);
    expect([...((await data.sample(0)).x?.data ?? [])].slice(0, 3)).toEqual([1, 0, 0]);
  });

  it('refuses empty folders, loose images beside classes, several inputs', async () => {
    await expect(openData({ path: temp('none') }, image)).rejects.toThrow(/holds no images/);
    await picture(temp('set/loose.png'), '#fff');
    await expect(openData({ path: temp('set') }, image)).rejects.toThrow(
      /beside its class folders: loose\.png/,
    );
    await expect(openData({ path: temp('flat') }, [...image, ...image])).rejects.toThrow(
      /images feed one input, the model has 2/,
    );
  });
});
