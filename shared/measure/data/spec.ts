/**
 * A data set as plain JSON: enough for any process to open the same samples, see {@link openData}.
 */
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

/** How images become numbers: `(pixel / 255 − mean) / std`, per channel. */
export const imageInputSchema = z.strictObject({
  /** Pixels: one number for a square, or [height, width]. Default: what the model's input declares. */
  size: z.union([z.int().positive(), z.tuple([z.int().positive(), z.int().positive()])]).optional(),
  /** On the scale 0 … 1; one number, or one a channel. Default 0. */
  mean: z.union([z.number(), z.array(z.number()).min(1)]).optional(),
  /** On the scale 0 … 1; one number, or one a channel. Default 1. 1/255 (0.003921569) feeds 0 … 255. */
  std: z.union([z.number().positive(), z.array(z.number().positive()).min(1)]).optional(),
  /** Axis order of the model's input. Default: where the axis of 1, 3 or 4 is. */
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  /** `fill` (default) stretches; `cover` keeps the aspect and cuts the middle; `contain` pads with black. */
  fit: z.enum(['fill', 'cover', 'contain']).optional(),
});
export type ImageInput = z.infer<typeof imageInputSchema>;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');

const detailsSchema = z.strictObject({
  /** File, folder, or `https://` / `s3://` address. */
  path: z.string().min(1),
  /** Of the file; needed for an address. */
  sha256: sha256Schema.optional(),
  /** A file with a JSON array of labels, one a sample. */
  labels: z.string().min(1).optional(),
  input: imageInputSchema.optional(),
});

/** A path or address alone, or with details; `url` is another word for `path`. */
export const dataSpecSchema = z.union([
  z
    .string()
    .min(1)
    .transform((path): DataSpec => ({ path })),
  z.preprocess(nameUrlPath, detailsSchema),
]);

export type DataSpec = z.infer<typeof detailsSchema>;

/** Whether a path is an address that must be fetched. */
export const isAddress = (path: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(path);

/** The same data with absolute paths, relative ones taken from `folder`: what another process can open. */
export function resolveDataSpec(spec: DataSpec, folder: string): DataSpec {
  const absolute = (path: string): string =>
    isAddress(path) || isAbsolute(path) ? path : resolve(folder, path);
  return {
    ...spec,
    path: absolute(spec.path),
    ...(spec.labels === undefined ? {} : { labels: absolute(spec.labels) }),
  };
}

function nameUrlPath(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('url' in value) || 'path' in value) {
    return value;
  }
  const { url, ...rest } = value;
  return { ...rest, path: url };
}
