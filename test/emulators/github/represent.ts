/** What the REST API shows of each thing: the members that say something; {@link complete} adds the others. */
import type { FileDifference } from './difference.ts';
import { type Commit, FOLDER, SUBMODULE, type TreeEntry } from './git-objects.ts';
import {
  type Account,
  type Issue,
  type IssueComment,
  isPull,
  type Pull,
  type Review,
  type ReviewComment,
  type Status,
} from './model.ts';
import { nodeId } from './node-id.ts';
import type { JsonRecord } from './prune-openapi.ts';
import type { Repository } from './repository.ts';

export function user({ id, login, kind }: Account): JsonRecord {
  const name = login.replace(/\[bot\]$/, '');
  return {
    id,
    node_id: nodeId(kind === 'Bot' ? 'BOT' : 'U', id),
    login,
    type: kind,
    html_url: `https://github.com/${kind === 'Bot' ? 'apps/' : ''}${name}`,
  };
}

export function repository(one: Repository): JsonRecord {
  return {
    id: one.id,
    node_id: nodeId('R', one.id),
    name: one.name,
    full_name: one.fullName,
    owner: user(one.world.account(one.owner)),
    private: one.visibility === 'private',
    visibility: one.visibility,
    fork: one.parent !== undefined,
    default_branch: one.defaultBranch,
    html_url: webUrl(one),
    url: apiUrl(one),
  };
}

export function issueComment(one: Repository, issue: Issue, comment: IssueComment): JsonRecord {
  const page = `${webUrl(one)}/${isPull(issue) ? 'pull' : 'issues'}/${issue.number}`;
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    body: comment.body,
    user: user(comment.author),
    created_at: timeOf(comment.createdAt),
    updated_at: timeOf(comment.updatedAt),
    html_url: `${page}#issuecomment-${comment.id}`,
    url: `${apiUrl(one)}/issues/comments/${comment.id}`,
    issue_url: `${apiUrl(one)}/issues/${issue.number}`,
  };
}

export function issue(one: Repository, it: Issue): JsonRecord {
  const page = `${webUrl(one)}/${isPull(it) ? 'pull' : 'issues'}/${it.number}`;
  return {
    id: it.id,
    node_id: nodeId(isPull(it) ? 'PR' : 'I', it.id),
    number: it.number,
    title: it.title,
    body: it.body,
    state: it.state,
    user: user(it.author),
    labels: it.labels.map((name) => ({ name })),
    comments: it.comments.length,
    created_at: timeOf(it.createdAt),
    updated_at: timeOf(it.updatedAt),
    html_url: page,
    url: `${apiUrl(one)}/issues/${it.number}`,
    ...(isPull(it) && {
      pull_request: { url: `${apiUrl(one)}/pulls/${it.number}`, html_url: page },
    }),
  };
}

/** As lists show it, and with `isWhole` as it is shown alone. */
export function pull(one: Repository, it: Pull, isWhole = false): JsonRecord {
  const { head, base } = it;
  const owner = head.repository?.owner ?? 'ghost';
  return {
    id: it.id,
    node_id: nodeId('PR', it.id),
    number: it.number,
    title: it.title,
    body: it.body,
    state: it.state,
    user: user(it.author),
    created_at: timeOf(it.createdAt),
    updated_at: timeOf(it.updatedAt),
    merge_commit_sha: one.mergeCommit(it).sha,
    html_url: `${webUrl(one)}/pull/${it.number}`,
    url: `${apiUrl(one)}/pulls/${it.number}`,
    base: {
      ref: base.ref,
      sha: base.sha,
      label: `${one.owner}:${base.ref}`,
      user: user(one.world.account(one.owner)),
      repo: repository(one),
    },
    head: {
      ref: head.ref,
      sha: head.sha,
      label: `${owner}:${head.ref}`,
      user: user(one.world.account(owner)),
      repo: head.repository ? repository(head.repository) : null,
    },
    ...(isWhole && {
      changed_files: one.changesOf(it).length,
      comments: it.comments.length,
      review_comments: it.threads.flatMap(({ comments }) => comments).length,
    }),
  };
}

export function reviewComment(one: Repository, it: Pull, comment: ReviewComment): JsonRecord {
  const { thread, review } = comment;
  return {
    id: comment.id,
    node_id: nodeId('PRRC', comment.id),
    pull_request_review_id: review.id,
    body: comment.body,
    path: thread.path,
    subject_type: thread.subject,
    ...(thread.line !== undefined && { line: thread.line }),
    commit_id: it.head.sha,
    original_commit_id: thread.commit,
    user: user(comment.author),
    created_at: timeOf(comment.createdAt),
    updated_at: timeOf(comment.updatedAt),
    ...(comment.inReplyTo !== undefined && { in_reply_to_id: comment.inReplyTo }),
    html_url: `${webUrl(one)}/pull/${it.number}#discussion_r${comment.id}`,
    url: `${apiUrl(one)}/pulls/comments/${comment.id}`,
    pull_request_url: `${apiUrl(one)}/pulls/${it.number}`,
  };
}

export function review(one: Repository, it: Pull, made: Review): JsonRecord {
  return {
    id: made.id,
    node_id: nodeId('PRR', made.id),
    user: user(made.author),
    body: made.body,
    state: made.state,
    commit_id: made.commit,
    ...(made.submittedAt && { submitted_at: timeOf(made.submittedAt) }),
    html_url: `${webUrl(one)}/pull/${it.number}#pullrequestreview-${made.id}`,
    pull_request_url: `${apiUrl(one)}/pulls/${it.number}`,
  };
}

export function fileDifference(one: Repository, commit: string, file: FileDifference): JsonRecord {
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    ...(file.previousPath !== undefined && { previous_filename: file.previousPath }),
    contents_url: `${apiUrl(one)}/contents/${encodeURI(file.path)}?ref=${commit}`,
  };
}

export function commit(one: Repository, it: Commit): JsonRecord {
  return {
    sha: it.sha,
    node_id: nodeId('C', it.sha),
    commit: gitCommit(it),
    author: user(one.world.account(it.author)),
    committer: user(one.world.account(it.author)),
    parents: it.parents.map((sha) => ({ sha })),
    html_url: `${webUrl(one)}/commit/${it.sha}`,
    url: `${apiUrl(one)}/commits/${it.sha}`,
  };
}

export function gitCommit(it: Commit): JsonRecord {
  const who = {
    name: it.author,
    email: `${it.author}@users.noreply.github.com`,
    date: timeOf(it.date),
  };
  return {
    sha: it.sha,
    message: it.message,
    tree: { sha: it.tree },
    author: who,
    committer: who,
    parents: it.parents.map((sha) => ({ sha })),
  };
}

export function treeEntry(
  one: Repository,
  path: string,
  entry: Omit<TreeEntry, 'name'>,
): JsonRecord {
  const size = one.objects.blob(entry.sha)?.length;
  return {
    path,
    mode: entry.mode,
    type: entry.mode === FOLDER ? 'tree' : entry.mode === SUBMODULE ? 'commit' : 'blob',
    sha: entry.sha,
    ...(size !== undefined && { size }),
  };
}

export function status(one: Repository, it: Status): JsonRecord {
  return {
    id: it.id,
    node_id: nodeId('SC', it.id),
    state: it.state,
    context: it.context,
    description: it.description,
    target_url: it.targetUrl,
    creator: user(it.author),
    created_at: timeOf(it.createdAt),
    updated_at: timeOf(it.createdAt),
    url: `${apiUrl(one)}/statuses/${it.sha}`,
  };
}

export const webUrl = (one: Repository): string => `${one.world.serverUrl}/${one.fullName}`;
export const apiUrl = (one: Repository): string => `${one.world.apiUrl}/repos/${one.fullName}`;

/** GitHub tells no parts of seconds. */
export const timeOf = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
