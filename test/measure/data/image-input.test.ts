import { writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, planImageInput } from '../../../shared/measure/data/image-input.ts';
import { signature } from './inputs.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();

/** Left half red, right half blue, 4 × 2. */
async function redBlue(
  name: string,
  options: { alpha?: boolean; orientation?: number } = {},
): Promise<string> {
  const channels = options.alpha ? 4 : 3;
  const pixels = Uint8Array.from({ length: 8 * channels }, (_, i) => {
    const x = Math.floor(i / channels) % 4;
    return [x < 2 ? 255 : 0, 0, x < 2 ? 0 : 255, 128][i % channels] ?? 0;
  });
  const image = sharp(pixels, { raw: { width: 4, height: 2, channels } });
  await image.withMetadata({ orientation: options.orientation ?? 1 }).toFile(temp(name));
  return temp(name);
}

describe('planImageInput', () => {
  it('finds layout, size and channels in the declared shape', () => {
    expect(planImageInput(signature('x', 'float32', ['N', 3, 224, 192]), {})).toMatchObject({
      layout: 'NCHW',
      height: 224,
      width: 192,
      channels: 3,
      batched: true,
    });
    expect(planImageInput(signature('x', 'float32', [1, 8, 8, 1]), {})).toMatchObject({
      layout: 'NHWC',
      height: 8,
      channels: 1,
    });
    expect(
      planImageInput(signature('x', 'float32', [null, 3, null, null]), { size: [48, 320] }),
    ).toMatchObject({ height: 48, width: 320 });
    expect(planImageInput(signature('x', 'float32', [3, 10, 12]), {})).toMatchObject({
      batched: false,
      height: 10,
      width: 12,
    });
  });

  it.each<[(number | null)[], object, RegExp]>([
    [[1, 10], {}, /images need \[N, C, H, W\]/],
    [[1, 3, null, null], {}, /the image size is open/],
    [[1, 3, 8, 8], { size: 9 }, /input\.size \[9, 9\] is not what/],
    [[1, 3, 8, 3], {}, /which axis holds the channels is not clear/],
    [[1, 8, 8, 2], {}, /which axis holds the channels/],
    [[1, 8, 8, 5], { layout: 'NHWC' }, /5 channels in layout NHWC/],
    [[1, 3, 8, 8], { mean: [0.5, 0.5] }, /input\.mean has 2 values for 3 channels/],
  ])('refuses %j with %j', (shape, wanted, message) => {
    expect(() => planImageInput(signature('x', 'float32', shape), wanted)).toThrow(message);
  });
});

describe('decodeImage', () => {
  const decode = async (
    file: string,
    shape: number[],
    wanted = {},
    type: 'float32' | 'uint8' = 'float32',
  ) => decodeImage(file, file, planImageInput(signature('x', type, shape), wanted));

  it('gives channels first or last, on the scale 0 … 1', async () => {
    const file = await redBlue('plain.png');
    const first = await decode(file, [1, 3, 2, 4]);
    expect(first.dims).toEqual([1, 3, 2, 4]);
    expect(first.data).toEqual(
      Float32Array.of(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1),
    );
    const last = await decode(file, [1, 2, 4, 3]);
    expect([...last.data].slice(0, 3)).toEqual([1, 0, 0]);
    expect([...last.data].slice(6, 9)).toEqual([0, 0, 1]);
  });

  it('normalizes by channel: (pixel / 255 − mean) / std', async () => {
    const file = await redBlue('norm.png');
    const { data } = await decode(file, [1, 3, 2, 4], {
      mean: [0.5, 0, 0.25],
      std: [0.5, 1, 0.25],
    });
    expect(data[0]).toBe(1);
    expect(data[2]).toBe(-1);
    expect(data[16]).toBe(-1);
    expect(data[18]).toBe(3);
  });

  it('feeds pixels as they are to a uint8 input', async () => {
    const { type, data } = await decode(await redBlue('bytes.png'), [1, 2, 4, 3], {}, 'uint8');
    expect(type).toBe('uint8');
    expect([...data].slice(0, 3)).toEqual([255, 0, 0]);
  });

  it('turns an image as its EXIF says', async () => {
    // Orientation 6: the stored left side is the top of the picture.
    const { data } = await decode(await redBlue('turned.jpg', { orientation: 6 }), [1, 4, 2, 3]);
    const red = (y: number): number => Number(data[y * 6]);
    expect(red(0)).toBeGreaterThan(0.8);
    expect(red(3)).toBeLessThan(0.2);
  });

  it('drops alpha for three channels, keeps it for four, and mixes for one', async () => {
    const file = await redBlue('alpha.png', { alpha: true });
    expect([...(await decode(file, [1, 2, 4, 3])).data].slice(0, 3)).toEqual([1, 0, 0]);
    expect(Number((await decode(file, [1, 2, 4, 4])).data[3])).toBeCloseTo(128 / 255, 2);
    expect(Number((await decode(await redBlue('opaque.png'), [1, 2, 4, 4])).data[3])).toBe(1);
    const grey = await decode(file, [1, 2, 4, 1]);
    expect(grey.data.length).toBe(8);
    expect(Number(grey.data[0])).toBeGreaterThan(0.2);
    expect(Number(grey.data[0])).toBeLessThan(0.6);
  });

  it('spreads a grey picture over three channels', async () => {
    await sharp(new Uint8Array(16).fill(51), { raw: { width: 4, height: 4, channels: 1 } })
      .png()
      .toFile(temp('grey.png'));
    const { data } = await decode(temp('grey.png'), [1, 4, 4, 3]);
    for (const value of data) expect(Number(value)).toBeCloseTo(0.2, 6);
  });

  it('stretches, cuts or pads to the size', async () => {
    const file = await redBlue('fit.png');
    const blue = async (fit: string): Promise<number[]> => {
      const { data } = await decode(file, [1, 2, 2, 3], { fit });
      return [0, 1, 2, 3].map((pixel) => Math.round(Number(data[pixel * 3 + 2]) * 10) / 10);
    };
    expect(await blue('fill')).toEqual([0.1, 0.9, 0.1, 0.9]);
    expect(await blue('cover')).toEqual([0, 1, 0, 1]);
    const { data } = await decode(file, [1, 4, 4, 3], { fit: 'contain' });
    expect(Number(data[0])).toBe(0);
    expect(Number(data[4 * 3])).toBe(1);
  });

  it('names a file that is no image', async () => {
    writeFileSync(temp('text.png'), 'not an image');
    await expect(decode(temp('text.png'), [1, 2, 4, 3])).rejects.toThrow(
      /text\.png cannot be decoded/,
    );
    const whole = await sharp({
      create: { width: 64, height: 64, channels: 3, background: '#f00' },
    })
      .png({ compressionLevel: 0 })
      .toBuffer();
    writeFileSync(temp('cut.png'), whole.subarray(0, 3000));
    await expect(decode(temp('cut.png'), [1, 2, 4, 3])).rejects.toThrow(
      /cut\.png cannot be decoded/,
    );
  });
});
