/** Decoding one image into the tensor that a model takes. */
import { basename } from 'node:path';
import { InputError, UnsupportedError } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import { convertTensor } from './convert.ts';
import { describeInput, type InputSignature } from './input-signature.ts';
import type { ImageInput } from './spec.ts';

/** 24 000 × 24 000: the largest scans; a decompression bomb is larger (CWE-409). */
const MAX_PIXELS = 24_000 * 24_000;

export interface ImagePlan {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  readonly layout: 'NCHW' | 'NHWC';
  readonly batched: boolean;
  readonly scale: readonly number[];
  readonly shift: readonly number[];
  readonly fit: 'fill' | 'cover' | 'contain';
  readonly input: InputSignature;
}

/** What the model's input and the user's words say together. @throws InputError naming what is missing */
export function planImageInput(input: InputSignature, wanted: ImageInput): ImagePlan {
  const { shape } = input;
  if (shape === null || (shape.length !== 4 && shape.length !== 3)) {
    throw new InputError(
      `input "${input.name}" takes ${describeInput(input)}: images need [N, C, H, W] or [N, H, W, C]`,
      { where: input.name },
    );
  }
  const batched = shape.length === 4;
  const axes = batched ? shape.slice(1) : shape;
  const layout = wanted.layout ?? guessLayout(axes, input);
  const [channelDim, heightDim, widthDim] =
    layout === 'NCHW' ? [axes[0], axes[1], axes[2]] : [axes[2], axes[0], axes[1]];
  const channels = typeof channelDim === 'number' ? channelDim : 3;
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new InputError(
      `input "${input.name}" takes ${describeInput(input)}: ${channels} channels in layout ${layout}`,
      { where: input.name, hint: 'Images have 1, 3 or 4 channels: set input.layout.' },
    );
  }
  const [height, width] = sizeOf(heightDim, widthDim, wanted, input);
  const std = perChannel(wanted.std ?? 1, channels, 'std');
  const mean = perChannel(wanted.mean ?? 0, channels, 'mean');
  const keepsPixels =
    wanted.std === undefined && wanted.mean === undefined && input.type === 'uint8';
  return {
    height,
    width,
    channels,
    layout,
    batched,
    scale: std.map((value) => (keepsPixels ? 1 : 1 / (255 * value))),
    shift: mean.map((value, channel) => (keepsPixels ? 0 : -value / (std[channel] ?? 1))),
    fit: wanted.fit ?? 'fill',
    input,
  };
}

/** One image as `[1, C, H, W]` or `[1, H, W, C]`. @throws InputError naming the file */
export async function decodeImage(file: string, shown: string, plan: ImagePlan): Promise<Tensor> {
  const { height, width, channels } = plan;
  let pixels: Uint8Array;
  try {
    // Its native library takes longer to load than most data to read.
    const { default: sharp } = await import('sharp');
    // Rotation as the camera says, before the size is changed. Colours become sRGB, as browsers show them.
    const upright = sharp(file, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).autoOrient();
    const coloured =
      channels === 1
        ? upright.removeAlpha().toColourspace('b-w')
        : channels === 3
          ? upright.removeAlpha().toColourspace('srgb')
          : upright.toColourspace('srgb').ensureAlpha();
    const { data, info } = await coloured
      .resize({ width, height, fit: plan.fit, kernel: 'linear', background: '#000' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== channels) {
      throw new Error(`it decodes to ${info.channels} channels, ${channels} are wanted`);
    }
    pixels = data;
  } catch (error) {
    throw new InputError(
      `${shown} cannot be decoded: ${error instanceof Error ? error.message : error}`,
      { where: basename(shown), hint: 'Remove or repair the image.', cause: error },
    );
  }
  const data = new Float32Array(pixels.length);
  const area = height * width;
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = pixel * channels + channel;
      const to = plan.layout === 'NCHW' ? channel * area + pixel : from;
      data[to] = (pixels[from] ?? 0) * (plan.scale[channel] ?? 1) + (plan.shift[channel] ?? 0);
    }
  }
  const dims = plan.layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
  const tensor: Tensor = { type: 'float32', dims: plan.batched ? [1, ...dims] : dims, data };
  return convertTensor(tensor, plan.input.type, shown);
}

function guessLayout(
  axes: readonly (number | string | null | undefined)[],
  input: InputSignature,
): 'NCHW' | 'NHWC' {
  // 4 is also a small height: it counts only where the other end is not 1 or 3.
  const likeness = (dim: number | string | null | undefined): number =>
    dim === 1 || dim === 3 ? 2 : dim === 4 ? 1 : 0;
  const first = likeness(axes[0]);
  const last = likeness(axes[2]);
  if (first !== last) return first > last ? 'NCHW' : 'NHWC';
  throw new InputError(
    `input "${input.name}" takes ${describeInput(input)}: which axis holds the channels is not clear`,
    { where: input.name, hint: 'Set data.input.layout to NCHW or NHWC.' },
  );
}

function sizeOf(
  heightDim: number | string | null | undefined,
  widthDim: number | string | null | undefined,
  wanted: ImageInput,
  input: InputSignature,
): readonly [number, number] {
  const asked =
    typeof wanted.size === 'number' ? ([wanted.size, wanted.size] as const) : wanted.size;
  const height = asked?.[0] ?? heightDim;
  const width = asked?.[1] ?? widthDim;
  if (typeof height !== 'number' || typeof width !== 'number') {
    throw new InputError(
      `input "${input.name}" takes ${describeInput(input)}: the image size is open`,
      {
        where: input.name,
        hint: 'Set data.input.size, e.g. size: 224 or size: [240, 320] (height, width).',
      },
    );
  }
  const clash =
    (typeof heightDim === 'number' && heightDim !== height) ||
    (typeof widthDim === 'number' && widthDim !== width);
  if (clash) {
    throw new InputError(
      `input.size [${height}, ${width}] is not what input "${input.name}" takes, ${describeInput(input)}`,
      { where: input.name },
    );
  }
  return [height, width];
}

function perChannel(
  value: number | readonly number[],
  channels: number,
  what: string,
): readonly number[] {
  if (typeof value === 'number') return Array.from({ length: channels }, () => value);
  if (value.length !== channels) {
    throw new UnsupportedError(`input.${what} has ${value.length} values for ${channels} channels`);
  }
  return value;
}
