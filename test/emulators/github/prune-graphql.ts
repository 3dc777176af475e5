/** GitHub's GraphQL schema with the fields that an action may ask for; all else is unknown to the emulator. */
import { type DefinitionNode, Kind, parse, print, visit } from 'graphql';

/** Kept fields of each type. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Query: ['viewer', 'repository', 'node', 'id'],
  Mutation: [
    'addComment',
    'addPullRequestReview',
    'addPullRequestReviewThread',
    'addPullRequestReviewThreadReply',
    'deletePullRequestReview',
    'deletePullRequestReviewComment',
    'minimizeComment',
    'unminimizeComment',
    'resolveReviewThread',
    'unresolveReviewThread',
    'submitPullRequestReview',
    'updateIssueComment',
    'updatePullRequestReviewComment',
  ],
  Repository: ['id', 'databaseId', 'name', 'nameWithOwner', 'pullRequest'],
  PullRequest: [
    'id',
    'databaseId',
    'number',
    'title',
    'state',
    'baseRefOid',
    'headRefOid',
    'comments',
    'reviews',
    'reviewThreads',
    'url',
  ],
  PullRequestReview: [
    'id',
    'databaseId',
    'author',
    'body',
    'state',
    'comments',
    'isMinimized',
    'minimizedReason',
    'url',
  ],
  PullRequestReviewConnection: ['nodes', 'pageInfo', 'totalCount'],
  PullRequestReviewThread: [
    'id',
    'isResolved',
    'isOutdated',
    'path',
    'subjectType',
    'line',
    'comments',
    'resolvedBy',
    'viewerCanResolve',
    'viewerCanUnresolve',
  ],
  PullRequestReviewThreadConnection: ['nodes', 'pageInfo', 'totalCount'],
  PullRequestReviewComment: [
    'id',
    'databaseId',
    'fullDatabaseId',
    'author',
    'body',
    'path',
    'subjectType',
    'isMinimized',
    'minimizedReason',
    'viewerDidAuthor',
    'pullRequestReview',
    'url',
    'state',
  ],
  PullRequestReviewCommentConnection: ['nodes', 'pageInfo', 'totalCount'],
  IssueComment: [
    'id',
    'databaseId',
    'fullDatabaseId',
    'author',
    'body',
    'isMinimized',
    'minimizedReason',
    'viewerDidAuthor',
    'url',
  ],
  IssueCommentConnection: ['nodes', 'pageInfo', 'totalCount'],
  IssueCommentEdge: ['node', 'cursor'],
  PageInfo: ['endCursor', 'hasNextPage', 'hasPreviousPage', 'startCursor'],
  Actor: ['login', 'url'],
  Node: ['id'],
  Minimizable: ['isMinimized', 'minimizedReason'],
  User: ['id', 'login', 'databaseId', 'url'],
  Bot: ['id', 'login', 'databaseId', 'url'],
  Organization: ['id', 'login', 'databaseId', 'url'],
  AddCommentPayload: ['clientMutationId', 'commentEdge'],
  AddPullRequestReviewPayload: ['clientMutationId', 'pullRequestReview'],
  AddPullRequestReviewThreadPayload: ['clientMutationId', 'thread'],
  AddPullRequestReviewThreadReplyPayload: ['clientMutationId', 'comment'],
  DeletePullRequestReviewPayload: ['clientMutationId', 'pullRequestReview'],
  DeletePullRequestReviewCommentPayload: ['clientMutationId', 'pullRequestReviewComment'],
  MinimizeCommentPayload: ['clientMutationId', 'minimizedComment'],
  UnminimizeCommentPayload: ['clientMutationId', 'unminimizedComment'],
  ResolveReviewThreadPayload: ['clientMutationId', 'thread'],
  UnresolveReviewThreadPayload: ['clientMutationId', 'thread'],
  SubmitPullRequestReviewPayload: ['clientMutationId', 'pullRequestReview'],
  UpdateIssueCommentPayload: ['clientMutationId', 'issueComment'],
  UpdatePullRequestReviewCommentPayload: ['clientMutationId', 'pullRequestReviewComment'],
};

/** The schema's text with these fields: their arguments whole, and the inputs and enums that those need. @throws Error where a field is missing */
export function pruneGraphql(text: string): string {
  const { definitions } = parse(text, { noLocation: true });
  const named = new Map(
    definitions.flatMap((one) => ('name' in one && one.name ? [[one.name.value, one]] : [])),
  );
  const kept = new Map<string, DefinitionNode>();
  const queue = Object.keys(FIELDS);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const found = named.get(name);
    if (kept.has(name) || BUILT_IN.has(name)) continue;
    if (!found) throw new Error(`the schema has no type ${name}`);
    const bare = bareDefinition(name, found);
    kept.set(name, bare);
    visit(bare, { NamedType: ({ name: used }) => void queue.push(used.value) });
  }
  const sorted = [...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return print({ kind: Kind.DOCUMENT, definitions: sorted });
}

const BUILT_IN = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);

function bareDefinition(name: string, definition: DefinitionNode): DefinitionNode {
  const bare: DefinitionNode = visit(definition, {
    enter: (node) => {
      if (node.kind === Kind.DIRECTIVE) return null;
      return 'description' in node ? { ...node, description: undefined } : undefined;
    },
  });
  if (bare.kind !== Kind.OBJECT_TYPE_DEFINITION && bare.kind !== Kind.INTERFACE_TYPE_DEFINITION)
    return bare;
  const wanted = FIELDS[name];
  if (!wanted) throw new Error(`${name} is needed, but its fields are not chosen`);
  const missing = wanted.filter((field) => !bare.fields?.some((one) => one.name.value === field));
  if (missing.length > 0) throw new Error(`${name} has no ${missing.join(', ')}`);
  return {
    ...bare,
    interfaces: bare.interfaces?.filter((one) => one.name.value in FIELDS) ?? [],
    fields: bare.fields?.filter((one) => wanted.includes(one.name.value)) ?? [],
  };
}
