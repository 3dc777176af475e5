/** What a token may. */
import type { Repository } from './repository.ts';
import type { Need } from './routes/route.ts';
import type { Permission, Token } from './world.ts';

/**
 * Whether one of the needs is granted. A workflow's token is asked for every permission in its own repository, as if
 * that were private; in others it may read what is public.
 */
export function allows(token: Token, repository: Repository, needs: readonly Need[]): boolean {
  const isOwn = token.repository === undefined || token.repository === repository;
  if (!isOwn) return repository.visibility === 'public' && needs.every((one) => /:read$/.test(one));
  return needs.length === 0 || needs.some((need) => isGranted(token, need));
}

/** Whether the repository exists for it. */
export const sees = (token: Token, repository: Repository): boolean =>
  token.repository === undefined ||
  token.repository === repository ||
  repository.visibility === 'public';

function isGranted({ permissions }: Token, need: Need): boolean {
  const [name, level] = need.split(':');
  const granted = permissions[name as Permission];
  return granted === 'write' || (granted === 'read' && level === 'read');
}
