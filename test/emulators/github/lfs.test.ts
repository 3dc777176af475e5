import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Models, startModels } from './_models.ts';
import { LFS_MEDIA } from './lfs.ts';
import type { Permissions } from './world.ts';

interface Batch {
  readonly objects: readonly {
    readonly actions?: { readonly download?: { readonly href: string } };
    readonly error?: { readonly code: number };
  }[];
}

const BYTES = Buffer.from('the weights');
const OID = createHash('sha256').update(BYTES).digest('hex');
let models: Models;

beforeAll(async () => {
  models = await startModels();
  const pointer = models.repository.lfs.add(BYTES);
  models.repository.push('smaller', { 'models/large.onnx': pointer });
});
afterAll(() => models[Symbol.asyncDispose]());

function batch(
  permissions: Permissions,
  objects: readonly object[] = [{ oid: OID, size: BYTES.length }],
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const token = models.github.createToken(models.repository, permissions);
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return fetch(`${models.github.serverUrl}/octo/models.git/info/lfs/objects/batch`, {
    method: 'POST',
    headers: { accept: LFS_MEDIA, authorization: `Basic ${basic}`, ...headers },
    body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects }),
  });
}

describe('a batch', () => {
  it('tells where the object is, which then needs no token, and may have none', async () => {
    const answer = (await (await batch({ contents: 'read' })).json()) as Batch;
    const href = answer.objects[0]?.actions?.download?.href ?? '';
    const response = await fetch(href);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(BYTES);
    const twice = await fetch(href, { headers: { authorization: 'Basic abc' } });
    expect(twice.status).toBe(400);
    expect((await fetch(href.replace('valid', 'forged'))).status).toBe(403);
  });

  it('tells of each object whether it is there', async () => {
    const objects = [
      { oid: 'f'.repeat(64), size: 1 },
      { oid: OID, size: 1 },
    ];
    const answer = (await (await batch({ contents: 'read' }, objects)).json()) as Batch;
    expect(answer.objects).toMatchObject([{ error: { code: 404 } }, { error: { code: 404 } }]);
  });

  it('needs contents: read, a known token and the right media type', async () => {
    expect((await batch({ 'pull-requests': 'write' })).status).toBe(403);
    const authorization = 'Basic eDp5';
    expect((await batch({ contents: 'read' }, [], { authorization })).status).toBe(401);
    expect((await batch({ contents: 'read' }, [], { accept: '*/*' })).status).toBe(406);
  });

  it('is refused where nobody pays for it', async () => {
    models.repository.lfs.isOverQuota = true;
    expect((await batch({ contents: 'read' })).status).toBe(403);
    models.repository.lfs.isOverQuota = false;
  });
});

it('the pointer is what the commit holds', () => {
  const pointer = Buffer.from(models.repository.read('smaller', 'models/large.onnx')).toString();
  expect(pointer).toBe(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\nsize ${BYTES.length}\n`,
  );
});
