import { afterAll, expect, it } from 'vitest';
import { openGitHub } from '../../../action/github/client.ts';
import { postArtifacts } from '../../../action/post/artifacts-pull.ts';
import { octokitApi } from '../../../action/post/octokit-api.ts';
import { silentLog } from '../../../shared/base/log.ts';
import { startGithub } from '../../emulators/github/start-github.ts';

const github = await startGithub();
const repository = github.createRepository('octo/models', { actionsMayOpenPulls: true });
repository.push('main', { 'out/a.int8.onnx': 'old', 'README.md': 'x' });
const api = octokitApi(
  openGitHub({
    token: github.createToken(repository, { contents: 'write', 'pull-requests': 'write' }),
    env: { GITHUB_API_URL: github.apiUrl, GITHUB_REPOSITORY: 'octo/models' },
    log: silentLog,
  }).octokit,
);
afterAll(() => github.close());

const post = (content: string, state: string) =>
  postArtifacts(api, {
    repository: { owner: 'octo', repo: 'models' },
    baseRef: 'main',
    baseSha: repository.refs.get('heads/main') ?? '',
    files: [{ path: 'out/a.int8.onnx', bytes: Buffer.from(content) }],
    marker: 'artifacts',
    body: `<!-- fettle:artifacts -->\n<!-- ${state} -->\nreport\n`,
  });
const fileOf = (branch: string, path: string): string => {
  const commit = repository.findCommit(branch);
  const leaf = commit && repository.objects.files(commit.tree).get(path);
  return Buffer.from((leaf && repository.objects.blob(leaf.sha)) ?? []).toString();
};

it('opens one pull request, brings it up to date, and leaves it alone where nothing changed', async () => {
  const url = await post('new', 'a1');
  expect(fileOf('fettle/artifacts', 'out/a.int8.onnx')).toBe('new');
  expect(fileOf('fettle/artifacts', 'README.md')).toBe('x');
  github.forgetCalls();
  expect(await post('new', 'a1')).toBe(url);
  expect(github.writes).toEqual([]);
  expect(await post('newer', 'b2')).toBe(url);
  expect(fileOf('fettle/artifacts', 'out/a.int8.onnx')).toBe('newer');
  expect([...repository.pulls()]).toMatchObject([{ body: expect.stringContaining('b2') }]);
  expect(github.problems).toEqual([]);
});
