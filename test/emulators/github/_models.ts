/** A repository with a pull request, as most tests want it. */
import { Client } from './_client.ts';
import type { Pull } from './model.ts';
import type { Repository } from './repository.ts';
import {
  type GithubEmulator,
  type GithubOptions,
  type Permissions,
  startGithub,
} from './start-github.ts';

export interface Models extends AsyncDisposable {
  readonly github: GithubEmulator;
  readonly repository: Repository;
  readonly pull: Pull;
  /** A workflow's token with these permissions. */
  client(permissions?: Permissions): Client;
}

/** What a token with all permissions has. */
export const ALL: Permissions = {
  contents: 'write',
  'pull-requests': 'write',
  issues: 'write',
  statuses: 'write',
};

export const BEFORE = new Uint8Array([0, 1, 2]);
export const AFTER = new Uint8Array([0, 1, 3]);

/** `a.onnx` changes, `old.txt` becomes `new.txt`, `gone.txt` goes; main has moved on since. */
export async function startModels(options: GithubOptions = {}): Promise<Models> {
  const github = await startGithub(options);
  const repository = github.createRepository('octo/models', { actionsMayOpenPulls: true });
  repository.push('main', {
    'models/a.onnx': BEFORE,
    'old.txt': 'same',
    'gone.txt': 'gone',
    'fettle.yml': 'models: {}\n',
  });
  repository.push(
    'smaller',
    { 'models/a.onnx': AFTER, 'old.txt': null, 'new.txt': 'same', 'gone.txt': null },
    { from: 'main', author: 'alice' },
  );
  repository.push('main', { 'README.md': 'later' });
  const pull = repository.openPull({ head: 'smaller', author: 'alice' });
  return {
    github,
    repository,
    pull,
    client: (permissions = ALL) => new Client(github, github.createToken(repository, permissions)),
    [Symbol.asyncDispose]: () => github.close(),
  };
}
