/** What the function `api` takes and answers: the only thing that the Action knows of the stack. */
import { z } from 'zod';
import { PLAIN_DIGEST_MAX_BYTES, TREE_CHUNK_BYTES } from '../../base/limits.ts';
import { reportSchema } from '../../report/schema.ts';
import { defaultsSchema } from '../config/schema.ts';
import { MODEL_NAME, MODEL_NAME_MAX_LENGTH, MODEL_NAME_RULE } from '../names.ts';

const plainDigest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'not a digest: "sha256:" and 64 hex digits');

/** Above 1 GB that of the digests of 64 MiB chunks. */
const digest = z
  .string()
  .regex(
    /^(?:sha256|tree256):[0-9a-f]{64}$/,
    'not a digest: "sha256:" or "tree256:" and 64 hex digits',
  );

/** An object of S3 has no more parts, and each chunk becomes one: 671 GB. */
const MAX_CHUNKS = 10_000;

/** Each chunk is one upload by one request, which S3 checks against its digest: what two models share is sent once. */
const chunks = z.array(plainDigest).max(MAX_CHUNKS, 'too large to be compared here').optional();

const content = { digest, bytes: z.int().nonnegative(), chunks };

/** What is wrong with the three of them. */
function checkContent(
  file: {
    readonly digest: string;
    readonly bytes: number;
    readonly chunks?: unknown[] | undefined;
  },
  context: z.RefinementCtx,
): void {
  const isLarge = file.bytes > PLAIN_DIGEST_MAX_BYTES;
  const wrong = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (isLarge !== file.digest.startsWith('tree256:'))
    wrong('digest', 'files above 1 GB have a tree256 digest, all others sha256');
  const count = isLarge ? Math.ceil(file.bytes / TREE_CHUNK_BYTES) : 0;
  if (isLarge && file.chunks?.length !== count)
    wrong('chunks', `a file above 1 GB has the digests of its 64 MiB chunks, here ${count}`);
  if (!isLarge && file.chunks) wrong('chunks', 'only files above 1 GB have chunks');
}

/** Longer ones are no paths of a repository: what is written below a folder of ours stays short. */
const MAX_PATH_LENGTH = 500;

/** Relative, with `/`, and leading nowhere else. */
const path = z
  .string()
  .max(MAX_PATH_LENGTH)
  .regex(
    /^(?!\.{0,2}(?:\/|$))[^\\/\0]+(?:\/(?!\.{0,2}(?:\/|$))[^\\/\0]+)*$/,
    'not a relative path with "/" between its parts, none of them empty, "." or ".."',
  );

const file = z.strictObject({ path, ...content }).superRefine(checkContent);

export type ApiFile = z.infer<typeof file>;

/** Weights in shards, or one folder of images: each is asked for in the store. */
const MAX_FILES = 2_000;

const label = z.string().min(1).max(MAX_PATH_LENGTH).optional();

const oneFile = z
  .strictObject({ ...content, format: z.string(), path: path.optional(), label })
  .superRefine(checkContent);
const manyFiles = z.strictObject({
  /** Of the file or folder among `files`. */
  path,
  format: z.string().optional(),
  files: z.array(file).min(1).max(MAX_FILES),
  label,
});

const side = z.union([oneFile, manyFiles]);
export type ApiSide = z.infer<typeof side>;

const name = z
  .string()
  .regex(MODEL_NAME, MODEL_NAME_RULE)
  .max(MODEL_NAME_MAX_LENGTH)
  .describe('of the model in fettle.yml');

const compareMessage = z.strictObject({
  action: z.literal('compare'),
  name: name.optional(),
  /** `null`: the model is new. */
  base: side.nullable(),
  head: side,
  /** As `fettle.yml` says it of the model, its `defaults` included. Nothing of it is run. */
  config: defaultsSchema,
  /** Files that `config` names, by the same paths. */
  data: z.array(file).max(MAX_FILES).optional(),
});
export type CompareMessage = z.infer<typeof compareMessage>;

const ticket = z.string().regex(/^[0-9a-f]{40}-[1-9][0-9]{0,5}$/, 'not a ticket');

export const apiRequestSchema = z.discriminatedUnion('action', [
  compareMessage,
  z.strictObject({ action: z.literal('status'), ticket }),
  z.strictObject({ action: z.literal('report'), name }),
]);
export type ApiRequest = z.infer<typeof apiRequestSchema>;

const upload = z.object({
  /** Of a file, or of a chunk of one. */
  digest: plainDigest,
  /** To `PUT` the bytes to, with `headers`, within the hour. */
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});
export type ApiUpload = z.infer<typeof upload>;

export const apiAnswerSchema = z.discriminatedUnion('state', [
  /** The store lacks these, and maybe more: put them there and ask again. */
  z.object({ state: z.literal('needs'), uploads: z.array(upload) }),
  /** `progress` is 0…1. Ask with `status` from now on. */
  z.object({ state: z.literal('running'), ticket, progress: z.number() }),
  z.object({ state: z.literal('done'), report: reportSchema }),
  z.object({
    state: z.literal('failed'),
    /** `code` as the exit codes. */
    error: z.object({ code: z.int(), message: z.string(), hint: z.string().optional() }),
  }),
]);
export type ApiAnswer = z.infer<typeof apiAnswerSchema>;
