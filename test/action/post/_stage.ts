/** A GitHub with a pull request on it, an outcome of that pull request, and posting as the Action does it. */

import type { ModelChange, ModelFiles } from '../../../action/changes/model-change.ts';
import { openGitHub } from '../../../action/github/client.ts';
import type { Outcome } from '../../../action/outcome.ts';
import type { Annotation } from '../../../action/post/annotations.ts';
import { octokitApi } from '../../../action/post/octokit-api.ts';
import type { GithubApi } from '../../../action/post/ports.ts';
import { type Posted, type PostOptions, post } from '../../../action/post/post.ts';
import type { PullRequest } from '../../../action/trigger.ts';
import { collectingLog } from '../../../shared/base/log.ts';
import { judgeReport, type ModelDraft } from '../../../shared/report/gate.ts';
import type { Report } from '../../../shared/report/schema.ts';
import {
  type GithubEmulator,
  type Permissions,
  type Pull,
  type Repository,
  startGithub,
} from '../../emulators/github/start-github.ts';
import { makeModel, makeReport, makeRow } from '../../report/make-report.ts';

export const REPOSITORY = { owner: 'octo', repo: 'models' };
export const ALL: Permissions = { contents: 'read', 'pull-requests': 'write' };

/** How a model fares: its size against a budget of 100 kB, which has no noise. */
export type Fate = 'ok' | 'broken' | 'inconclusive';

export function modelDraft(name: string, fate: Fate): ModelDraft {
  const { verdict: _, gates: __, recommended: ___, ...rest } = makeModel();
  const { verdict: ____, ...row } = makeRow({ name: 'model' });
  const bytes = fate === 'broken' ? 123_456 : 90_000;
  const accuracy = {
    metric: 'top1',
    value: 0.97,
    base: 0.98,
    difference: -0.01,
    low: -0.03,
    high: 0.01,
    samples: 200,
    neededSamples: 2000,
    verdict: 'inconclusive',
  } as const;
  return {
    ...rest,
    name,
    ship: 'model',
    change: 'changed',
    source: { ...rest.source, path: `${name}.onnx` },
    budgets: { model: { size: '100 kB', ...(fate === 'inconclusive' && { accuracy: '-0.5pp' }) } },
    variants: [
      {
        ...row,
        size: { bytes, base: 90_000, ratio: bytes / 90_000 },
        ...(fate === 'inconclusive' && { accuracy }),
      },
    ],
  };
}

export function reportOf(fates: Readonly<Record<string, Fate>>): Report {
  const {
    models: _,
    schema: __,
    verdict: ___,
    ...frame
  } = makeReport({
    comparison: { kind: 'models', base: { label: 'main' }, head: { label: 'smaller' } },
  });
  return judgeReport({
    ...frame,
    models: Object.entries(fates).map(([name, fate]) => modelDraft(name, fate)),
  });
}

const files = (path: string, blob: string): ModelFiles => ({
  path,
  files: [{ path, blob, bytes: 1 }],
});

export function changeOf(name: string, change: Partial<ModelChange> = {}): ModelChange {
  return {
    name,
    status: 'changed',
    base: files(`${name}.onnx`, 'a'.repeat(40)),
    head: files(`${name}.onnx`, 'b'.repeat(40)),
    isConfigured: true,
    settings: {},
    folder: '',
    data: [],
    ...change,
  };
}

export interface Stage extends AsyncDisposable {
  readonly github: GithubEmulator;
  readonly repository: Repository;
  readonly pull: Pull;
  /** The files of a push to the pull request's branch; gives its commit. */
  push(files: Readonly<Record<string, string | null>>): string;
  outcome(fates: Readonly<Record<string, Fate>>, change?: Partial<Outcome>): Outcome;
  api(permissions?: Permissions): GithubApi;
  post(
    outcome: Outcome,
    options?: Partial<PostOptions> & { rights?: Permissions },
  ): Promise<Posted>;
  readonly annotations: Annotation[];
  readonly log: ReturnType<typeof collectingLog>;
}

export interface StageOptions {
  readonly isFork?: boolean;
  /** Whether GitHub takes a comment on a file that is no text. */
  readonly binaryComments?: 'accepted' | 'refused' | 'lost';
}

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { binaryComments = 'accepted' } = options;
  const github = await startGithub({ binaryComments });
  const repository = github.createRepository('octo/models');
  const names = ['a', 'b', 'c'].map((name) => `${name}.onnx`);
  repository.push('main', Object.fromEntries(names.map((name) => [name, `${name}\0 before`])));
  const home = options.isFork ? github.fork(repository, 'mallory') : repository;
  const changed = Object.fromEntries(names.map((name) => [name, `${name}\0 after`]));
  home.push('smaller', changed, { from: 'main' });
  const pull = repository.openPull({
    head: 'smaller',
    ...(options.isFork && { headRepository: home }),
  });
  const annotations: Annotation[] = [];
  const log = collectingLog();
  const baseSha = repository.refs.get('heads/main') ?? '';
  const api = (permissions: Permissions = ALL): GithubApi => {
    const { octokit } = openGitHub({
      token: github.createToken(repository, permissions),
      env: { GITHUB_API_URL: github.apiUrl, GITHUB_REPOSITORY: 'octo/models' },
      log,
      sleep: async () => {},
    });
    return octokitApi(octokit);
  };
  return {
    github,
    repository,
    pull,
    annotations,
    log,
    api,
    push: (files) => {
      home.push('smaller', files);
      return pull.head.sha;
    },
    outcome: (fates, change = {}) => {
      const facts: PullRequest = {
        number: pull.number,
        baseRef: 'main',
        baseSha,
        headSha: pull.head.sha,
        headRepository: options.isFork ? { owner: 'mallory', repo: 'models' } : REPOSITORY,
        isFork: options.isFork === true,
      };
      return {
        report: reportOf(fates),
        trigger: { kind: 'pull-request', pull: facts },
        pull: facts,
        baseSha,
        headSha: pull.head.sha,
        changes: Object.keys(fates).map((name) => changeOf(name)),
        problems: [],
        configPath: 'fettle.yml',
        ...change,
      };
    },
    post: (outcome, { rights, ...more } = {}) =>
      post(outcome, {
        api: api(rights),
        repository: REPOSITORY,
        log,
        annotate: (annotation) => annotations.push(annotation),
        comment: { summary: true, review: true },
        status: false,
        link: 'https://github.com/octo/models/actions/runs/1',
        ...more,
      }),
    [Symbol.asyncDispose]: () => github.close(),
  };
}
