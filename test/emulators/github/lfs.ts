/** The batch API of Git LFS, and the store that it sends clients to. */
import { allows, sees } from './access.ts';
import { GithubError, notFound } from './errors.ts';
import { isRecord, type JsonRecord } from './prune-openapi.ts';
import type { Token, World } from './world.ts';

/** What a batch's request and its answer are. */
export const LFS_MEDIA = 'application/vnd.git-lfs+json';

const BATCH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/info\/lfs\/objects\/batch$/;
const DOWNLOAD = /^\/lfs-store\/([^/]+)\/([^/]+)\/([0-9a-f]{64})$/;

/** Objects of one request. */
const LARGEST_BATCH = 100;

export type LfsRequest =
  | { readonly kind: 'batch'; readonly owner: string; readonly name: string }
  | {
      readonly kind: 'download';
      readonly owner: string;
      readonly name: string;
      readonly oid: string;
    };

export function lfsRequestOf(path: string): LfsRequest | undefined {
  const [, owner, name] = BATCH.exec(path) ?? [];
  if (owner !== undefined && name !== undefined) return { kind: 'batch', owner, name };
  const [, who, what, oid] = DOWNLOAD.exec(path) ?? [];
  if (who === undefined || what === undefined || oid === undefined) return undefined;
  return { kind: 'download', owner: who, name: what, oid };
}

/** Git's server takes a token as the password of whatever user, and in no other way. */
export function lfsToken(world: World, authorization: string): Token {
  const [, encoded = ''] = /^basic (\S+)$/i.exec(authorization) ?? [];
  const password = Buffer.from(encoded, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
  const found = world.tokens.get(password);
  if (found) return found;
  throw new GithubError(401, 'Credentials needed');
}

/** Where each object is. @throws GithubError */
export function lfsBatch(
  world: World,
  token: Token,
  { owner, name }: { readonly owner: string; readonly name: string },
  body: JsonRecord,
): JsonRecord {
  const repository = world.repository(owner, name);
  if (!repository || !sees(token, repository)) throw notFound();
  if (!allows(token, repository, ['contents:read'])) throw new GithubError(403, 'Forbidden');
  const objects: readonly unknown[] = Array.isArray(body.objects) ? body.objects : [];
  if (body.operation !== 'download')
    throw new GithubError(422, 'the emulator knows the operation download only');
  if (objects.length > LARGEST_BATCH) throw new GithubError(413, 'Too many objects');
  if (repository.lfs.isOverQuota)
    throw new GithubError(
      403,
      'This repository exceeded its LFS budget. The account responsible for the budget should increase it to restore access.',
    );
  return {
    transfer: 'basic',
    objects: objects.filter(isRecord).map(({ oid, size }) => {
      const bytes = repository.lfs.get(String(oid));
      if (bytes?.length !== size)
        return { oid, size, error: { code: 404, message: 'Object does not exist on the server' } };
      const href = `${world.serverUrl}/lfs-store/${repository.fullName}/${oid}?signature=valid`;
      const download = { href, header: {}, expires_in: 3600 };
      return { oid, size, authenticated: true, actions: { download } };
    }),
  };
}

/** The bytes. @throws GithubError where the address is not signed, or somebody signs twice */
export function lfsDownload(
  world: World,
  request: { readonly owner: string; readonly name: string; readonly oid: string },
  { isSigned, authorization }: { readonly isSigned: boolean; readonly authorization: string },
): Uint8Array {
  if (!isSigned) throw new GithubError(403, 'AccessDenied');
  // The store belongs to another service: a token sent there is refused, and should not have been told.
  if (authorization !== '')
    throw new GithubError(400, 'InvalidArgument: Only one auth mechanism allowed');
  const found = world.repository(request.owner, request.name)?.lfs.get(request.oid);
  if (!found) throw notFound();
  return found;
}
