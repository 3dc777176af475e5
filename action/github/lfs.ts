/**
 * Objects of Git LFS, by its batch API: only those that are needed, checked against their digest.
 *
 * Source: git-lfs `docs/api/batch.md`, transfer `basic`.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { InputError, ToolError } from '../../shared/base/errors.ts';
import { stagingPath } from '../../shared/base/files.ts';
import type { Log } from '../../shared/base/log.ts';
import type { RepositoryName } from '../trigger.ts';
import type { GitHub } from './client.ts';
import { patiently } from './patience.ts';

export interface LfsObject {
  readonly sha256: string;
  readonly bytes: number;
}

/** Where an object can be had. */
export interface LfsDownload {
  readonly href: string;
  readonly header: Readonly<Record<string, string>>;
}

const TYPE = 'application/vnd.git-lfs+json';

/** Of one answer: a few hundred bytes an object. */
const OBJECTS_A_BATCH = 100;

/** A model of a gigabyte at 14 Mbit/s takes ten minutes. */
const TIMEOUT_MS = 900_000;

const answerSchema = z.object({
  objects: z.array(
    z.object({
      oid: z.string(),
      size: z.number(),
      actions: z
        .object({
          download: z
            .object({
              href: z.url({ protocol: /^https?$/ }),
              header: z.record(z.string(), z.string()).optional(),
            })
            .optional(),
        })
        .optional(),
      error: z.object({ code: z.number(), message: z.string() }).optional(),
    }),
  ),
});

/** Where the objects are, by SHA-256, with one request a hundred. @throws InputError for one that the server does not give */
export async function locateLfs(
  github: Pick<GitHub, 'serverUrl' | 'token'>,
  { owner, repo }: RepositoryName,
  objects: readonly LfsObject[],
  log: Log,
): Promise<ReadonlyMap<string, LfsDownload>> {
  const url = `${github.serverUrl}/${owner}/${repo}.git/info/lfs/objects/batch`;
  const basic = Buffer.from(`x-access-token:${github.token}`).toString('base64');
  const found = new Map<string, LfsDownload>();
  const unique = [...new Map(objects.map((object) => [object.sha256, object])).values()];
  for (let at = 0; at < unique.length; at += OBJECTS_A_BATCH) {
    const wanted = unique.slice(at, at + OBJECTS_A_BATCH);
    const response = await send(log, url, {
      method: 'POST',
      headers: { accept: TYPE, 'content-type': TYPE, authorization: `Basic ${basic}` },
      body: JSON.stringify({
        operation: 'download',
        transfers: ['basic'],
        objects: wanted.map(({ sha256: oid, bytes: size }) => ({ oid, size })),
        hash_algo: 'sha256',
      }),
    });
    const answer = answerSchema.parse(await response.json());
    for (const { oid, actions, error } of answer.objects) {
      if (error)
        throw new InputError(`Git LFS does not have ${oid.slice(0, 12)}: ${error.message}`, {
          hint: 'Push it with: git lfs push --all origin',
        });
      const { href, header = {} } = actions?.download ?? {};
      if (href !== undefined) found.set(oid, { href, header });
    }
  }
  return found;
}

/** Streams an object into a file that is whole or absent. @throws ToolError where the bytes are others */
export async function downloadLfs(
  { sha256, bytes }: LfsObject,
  { href, header }: LfsDownload,
  path: string,
  log: Log,
): Promise<void> {
  const response = await send(log, href, { headers: header });
  await mkdir(dirname(path), { recursive: true });
  const staged = stagingPath(path);
  const hash = createHash('sha256');
  let size = 0;
  const check = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      if (size > bytes)
        done(new ToolError(`Git LFS gave more than the ${bytes} bytes of ${sha256}`));
      else done(null, chunk);
    },
  });
  try {
    if (!response.body) throw new ToolError(`Git LFS gave no bytes for ${sha256}`);
    await pipeline(
      Readable.fromWeb(response.body),
      check,
      createWriteStream(staged, { flags: 'wx' }),
    );
    if (size !== bytes || hash.digest('hex') !== sha256)
      throw new ToolError(`Git LFS gave other bytes than those of ${sha256}`);
    await rename(staged, path);
  } finally {
    await rm(staged, { force: true });
  }
}

/** An answer that is no success, as the waiting rules see it. Neither address nor headers are told: they carry keys. */
class LfsError extends ToolError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, headers: Readonly<Record<string, string>>, cause?: unknown) {
    super(`Git LFS answered ${status || 'nothing'}`, {
      hint: 'Check that the objects were pushed, and the quota for Git LFS.',
      cause,
    });
    this.status = status || 500;
    this.headers = headers;
  }
}

async function send(log: Log, url: string, init: RequestInit): Promise<Response> {
  return patiently(
    async () => {
      const response = await fetch(url, {
        ...init,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new LfsError(0, {}, cause);
      });
      if (!response.ok) throw new LfsError(response.status, Object.fromEntries(response.headers));
      return response;
    },
    (error) => (error instanceof LfsError ? error : undefined),
    {
      mayRepeat: true,
      sleep: delay,
      now: Date.now,
      onWait: ({ message }, seconds) => log.info(`${message}: again in ${seconds} s`),
    },
  );
}
