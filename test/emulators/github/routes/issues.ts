/** Issues, and the conversation of issues and pull requests. */
import type { Call, Reply } from '../call.ts';
import { addComment, checkBody, editComment, findComment } from '../conversation.ts';
import { invalid } from '../errors.ts';
import type { Issue } from '../model.ts';
import * as show from '../represent.ts';
import type { Route } from './route.ts';

/** Of the title of an issue or a pull request. */
const LONGEST_TITLE = 256;

/** The conversation of a pull request belongs to both. */
const READ = ['issues:read', 'pull-requests:read'] as const;
const WRITE = ['issues:write', 'pull-requests:write'] as const;

export const listIssues: Route = {
  needs: ['issues:read'],
  run: (call) => {
    const state = call.query('state') ?? 'open';
    const creator = call.query('creator');
    const labels = call.query('labels')?.split(',') ?? [];
    const found = [...call.repository.issues.values()].filter(
      (issue) =>
        (state === 'all' || issue.state === state) &&
        (creator === undefined || issue.author.login === creator) &&
        labels.every((label) => issue.labels.includes(label)),
    );
    // Newest first; pull requests are among them.
    return call.page(found.reverse(), (issue) => show.issue(call.repository, issue));
  },
};

export const getIssue: Route = {
  needs: READ,
  run: (call) => ({ status: 200, body: show.issue(call.repository, call.issue()) }),
};

export const createIssue: Route = {
  needs: ['issues:write'],
  isContent: true,
  run: (call) => {
    const title = titleOf(call, 'Issue') ?? '';
    const body = call.text('body') ?? '';
    checkBody(call.world, 'Issue', body, true);
    const issue = call.repository.openIssue(title, body, call.token.account.login);
    issue.labels = labelsOf(call);
    return { status: 201, body: show.issue(call.repository, issue) };
  },
};

export const updateIssue: Route = {
  needs: WRITE,
  run: (call) => {
    const issue = call.issue();
    changeText(call, issue, 'Issue');
    if (call.body.labels !== undefined) issue.labels = labelsOf(call);
    return { status: 200, body: show.issue(call.repository, issue) };
  },
};

/** Takes over title, body and state. @throws GithubError 422 before anything is changed */
export function changeText(call: Call, issue: Issue, resource: string): void {
  const title = titleOf(call, resource);
  const body = call.text('body');
  if (body !== undefined) checkBody(call.world, resource, body, true);
  const state = call.text('state');
  issue.title = title ?? issue.title;
  issue.body = body ?? issue.body;
  if (state === 'open' || state === 'closed') issue.state = state;
  issue.updatedAt = call.world.now();
}

/** @throws GithubError 422 */
export function titleOf(call: Call, resource: string): string | undefined {
  const { title } = call.body;
  if (title === undefined) return undefined;
  const text = String(title);
  if (text.trim() === '') throw invalid(resource, 'title', "title can't be blank");
  if ([...text].length > LONGEST_TITLE)
    throw invalid(resource, 'title', `title is too long (maximum is ${LONGEST_TITLE} characters)`);
  return text;
}

function labelsOf({ body }: Call): readonly string[] {
  const all: readonly unknown[] = Array.isArray(body.labels) ? body.labels : [];
  return all.map((one) =>
    typeof one === 'object' && one !== null && 'name' in one ? String(one.name) : String(one),
  );
}

export const listComments: Route = {
  needs: READ,
  run: (call) => {
    const issue = call.issue();
    return call.page(issue.comments, (one) => show.issueComment(call.repository, issue, one));
  },
};

export const createComment: Route = {
  needs: WRITE,
  isContent: true,
  run: (call) => {
    const issue = call.issue();
    const made = addComment(call.world, issue, call.token.account, call.text('body') ?? '');
    return { status: 201, body: show.issueComment(call.repository, issue, made) };
  },
};

export const getComment: Route = { needs: READ, run: commentReply };

export const updateComment: Route = {
  needs: WRITE,
  run: (call) => {
    const { comment } = findComment(call.repository, Number(call.param('comment_id')));
    editComment(call.world, comment, call.token.account, call.text('body') ?? '');
    return commentReply(call);
  },
};

export const deleteComment: Route = {
  needs: WRITE,
  run: (call) => {
    const { issue, comment } = findComment(call.repository, Number(call.param('comment_id')));
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    return { status: 204 };
  },
};

function commentReply(call: Call): Reply {
  const { issue, comment } = findComment(call.repository, Number(call.param('comment_id')));
  return { status: 200, body: show.issueComment(call.repository, issue, comment) };
}
