/** Pull requests. */
import { checkBody } from '../conversation.ts';
import { GithubError, invalid } from '../errors.ts';
import * as show from '../represent.ts';
import { changeText, titleOf } from './issues.ts';
import type { Route } from './route.ts';

export const listPulls: Route = {
  needs: ['pull-requests:read'],
  run: (call) => {
    const state = call.query('state') ?? 'open';
    const [head, base] = [call.query('head'), call.query('base')];
    const found = call.repository.pulls().filter(
      (pull) =>
        (state === 'all' || pull.state === state) &&
        (base === undefined || pull.base.ref === base) &&
        // `owner:branch`; what is no such name is overlooked.
        (head === undefined ||
          !head.includes(':') ||
          `${pull.head.repository?.owner ?? 'ghost'}:${pull.head.ref}` === head),
    );
    return call.page(found.reverse(), (pull) => show.pull(call.repository, pull));
  },
};

export const getPull: Route = {
  needs: ['pull-requests:read'],
  run: (call) => ({ status: 200, body: show.pull(call.repository, call.pull(), true) }),
};

export const listFiles: Route = {
  needs: ['pull-requests:read'],
  run: (call) => {
    const pull = call.pull();
    const files = call.repository.changesOf(pull).slice(0, call.world.limits.pullFiles);
    return call.page(files, (file) => show.fileDifference(call.repository, pull.head.sha, file));
  },
};

export const createPull: Route = {
  needs: ['pull-requests:write'],
  isContent: true,
  run: (call) => {
    const { repository, token } = call;
    if (token.account.kind === 'Bot' && !repository.actionsMayOpenPulls)
      throw new GithubError(
        403,
        'GitHub Actions is not permitted to create or approve pull requests.',
      );
    const head = (call.text('head') ?? '').replace(`${repository.owner}:`, '');
    const base = call.text('base') ?? '';
    const [before, after] = [base, head].map((name) => repository.refs.get(`heads/${name}`));
    if (before === undefined) throw invalid('PullRequest', 'base');
    if (after === undefined) throw invalid('PullRequest', 'head');
    if (repository.objects.ancestors(before).has(after))
      throw invalid('PullRequest', 'head', `No commits between ${base} and ${head}`);
    const isThere = repository
      .pulls()
      .some((one) => one.state === 'open' && one.head.ref === head && one.base.ref === base);
    if (isThere)
      throw invalid(
        'PullRequest',
        'head',
        `A pull request already exists for ${repository.owner}:${head}.`,
      );
    const title = titleOf(call, 'PullRequest') ?? '';
    const body = call.text('body') ?? '';
    checkBody(call.world, 'PullRequest', body, true);
    const pull = repository.openPull({ head, base, title, body, author: token.account.login });
    return { status: 201, body: show.pull(repository, pull, true) };
  },
};

export const updatePull: Route = {
  needs: ['pull-requests:write'],
  run: (call) => {
    const pull = call.pull();
    changeText(call, pull, 'PullRequest');
    return { status: 200, body: show.pull(call.repository, pull, true) };
  },
};
