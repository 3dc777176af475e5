/** The Action's client against the emulated GitHub, without waiting. */
import { type GitHub, openGitHub } from '../../../action/github/client.ts';
import { collectingLog } from '../../../shared/base/log.ts';
import type {
  GithubEmulator,
  Permissions,
  Repository,
} from '../../emulators/github/start-github.ts';

export function open(
  github: GithubEmulator,
  repository: Repository,
  permissions: Permissions = { contents: 'read', 'pull-requests': 'write' },
): { readonly client: GitHub; readonly lines: readonly string[]; readonly waits: number[] } {
  const log = collectingLog();
  const waits: number[] = [];
  const client = openGitHub({
    token: github.createToken(repository, permissions),
    env: {
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_REPOSITORY: `${repository.owner}/${repository.name}`,
    },
    log,
    sleep: async (milliseconds) => void waits.push(milliseconds / 1000),
  });
  return { client, lines: log.lines, waits };
}
