import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGitHub } from '../../action/github/client.ts';
import { openRepository, type TreeEntry } from '../../action/github/repository.ts';
import type { Outcome } from '../../action/outcome.ts';
import { outdated, updateArtifacts } from '../../action/update-artifacts.ts';
import { collectingLog } from '../../shared/base/log.ts';
import {
  type GithubEmulator,
  type Repository,
  startGithub,
} from '../emulators/github/start-github.ts';
import { makeModel, makeReport, makeRow } from '../report/make-report.ts';

const report = makeReport({
  models: [
    makeModel({
      variants: ['float32', 'int8'].map((name) =>
        makeRow({
          name,
          artifact: { path: `digits.${name}.onnx`, sha256: 'ab'.repeat(32), bytes: 3 },
        }),
      ),
    }),
  ],
});
const NEW = 'x'.repeat(2000);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-artifacts-'));
  writeFileSync(join(folder, 'digits.float32.onnx'), 'same');
  writeFileSync(join(folder, 'digits.int8.onnx'), NEW);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('outdated', () => {
  const entry = (path: string, change: Partial<TreeEntry> = {}): TreeEntry => ({
    path,
    kind: 'file',
    id: '0'.repeat(40),
    bytes: 5000,
    ...change,
  });

  it.each([
    ['one with other bytes', [entry('out/digits.int8.onnx')], ['out/digits.int8.onnx'], ''],
    ['none is committed', [entry('out/my-digits.int8.onnx'), entry('x')], [], ''],
    ['no file', [entry('digits.int8.onnx', { kind: 'folder' })], [], ''],
    ['the same twice', [entry('a/digits.int8.onnx'), entry('b/digits.int8.onnx')], [], 'twice'],
    ['a pointer', [entry('digits.int8.onnx', { bytes: 130 })], [], 'Git LFS'],
  ])('%s', async (_, entries, paths, says) => {
    const lines: string[] = [];
    const tree = { entries, isTruncated: false };
    const files = await outdated(report, folder, tree, (line) => lines.push(line));
    expect(files.map(({ path }) => path)).toEqual(paths);
    expect(lines.join()).toContain(says);
    expect(lines).toHaveLength(says === '' ? 0 : 1);
  });
});

describe('updateArtifacts', () => {
  let github: GithubEmulator;
  let repository: Repository;
  beforeEach(async () => {
    github = await startGithub();
    repository = github.createRepository('octo/models', { actionsMayOpenPulls: true });
    repository.push('main', {
      'out/digits.int8.onnx': 'old'.repeat(600),
      'digits.float32.onnx': 'same',
    });
  });
  afterEach(() => github.close());

  const run = async (kind: 'schedule' | 'push', rights: 'read' | 'write' = 'write') => {
    const log = collectingLog();
    const opened = openGitHub({
      token: github.createToken(repository, { contents: rights, 'pull-requests': 'write' }),
      env: { GITHUB_API_URL: github.apiUrl, GITHUB_REPOSITORY: 'octo/models' },
      log,
    });
    const sha = repository.refs.get('heads/main') ?? '';
    const ref = 'refs/heads/main';
    const outcome: Outcome = {
      report,
      reportPath: join(folder, 'report.json'),
      trigger:
        kind === 'push'
          ? { kind, before: undefined, after: sha, ref, defaultBranch: 'main' }
          : { kind, sha, ref },
      headSha: sha,
      changes: [],
      problems: [],
      configPath: 'fettle.yml',
    };
    const runner = { temp: folder, toolCache: folder, actionPath: folder };
    await updateArtifacts(outcome, { github: opened, reader: openRepository(opened), runner, log });
    return log.lines;
  };

  it('a scheduled run opens one pull request with what is out of date alone', async () => {
    expect((await run('schedule')).join()).toContain('1 committed artifacts are out of date: http');
    const [pull] = [...repository.pulls()];
    expect(pull?.body).toMatch(/^<!-- fettle:artifacts -->\n<!-- [0-9a-f]{16} -->\n## /);
    expect(pull && repository.changesOf(pull).map(({ path }) => path)).toEqual([
      'out/digits.int8.onnx',
    ]);
    github.forgetCalls();
    await run('schedule');
    expect(github.writes).toEqual([]);
    expect(github.problems).toEqual([]);
  });

  it('a push opens none; without the right the log says which is missing', async () => {
    await run('push');
    expect([...repository.pulls()]).toEqual([]);
    expect((await run('schedule', 'read')).join()).toContain('contents: write');
    expect([...repository.pulls()]).toEqual([]);
  });
});
