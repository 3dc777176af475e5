/** Objects of Git LFS for both commits of a change. */
import { FettleError } from '../../shared/base/errors.ts';
import type { Log } from '../../shared/base/log.ts';
import type { GitHub } from '../github/client.ts';
import { downloadLfs, locateLfs } from '../github/lfs.ts';
import { isSameRepository, type RepositoryName } from '../trigger.ts';
import type { LfsPort } from './stage.ts';

/**
 * What a fork pushed it has itself, and forks share objects with their parent; but a token of the parent may be
 * refused there. So the head's are asked of the fork, then of the own repository.
 */
export function lfsPortOf(
  github: Pick<GitHub, 'repository' | 'serverUrl' | 'token'>,
  headRepository: RepositoryName | undefined,
  log: Log,
): LfsPort {
  const own = github.repository;
  return {
    locate: async (side, objects) => {
      const isFork = headRepository !== undefined && !isSameRepository(headRepository, own);
      if (side === 'base' || !isFork) return locateLfs(github, own, objects, log);
      try {
        return await locateLfs(github, headRepository, objects, log);
      } catch (error) {
        if (!(error instanceof FettleError)) throw error;
        log.debug(`Git LFS of the fork: ${error.message}`);
        return locateLfs(github, own, objects, log);
      }
    },
    download: (object, from, path) => downloadLfs(object, from, path, log),
  };
}
