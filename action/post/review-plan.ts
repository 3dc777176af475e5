/** Which threads are begun, changed and closed: decided first, from what stands there and what is to be said. */

import { goneBody, type Statement } from './breaches.ts';
import type { OwnThread } from './conversation.ts';

export interface ThreadEdit {
  readonly thread: OwnThread;
  readonly body: string;
}

export interface ReviewPlan {
  readonly begin: readonly (Statement & { readonly path: string })[];
  readonly edit: readonly ThreadEdit[];
  readonly resolve: readonly OwnThread[];
  /** Fixed before and broken again. What people resolved while it was broken stays so: they have seen it. */
  readonly reopen: readonly OwnThread[];
  /** Broken, but no file of the model is in the diff. */
  readonly withoutPlace: number;
  /** Broken, and one too many for a review. */
  readonly leftOut: number;
}

/** GitHub ends a request after ten seconds, and nobody reads more threads: the summary names all. */
const MAX_THREADS = 20;

/** `isWhole`: the report speaks of everything that changed, so a thread of another model is out of date. */
export function planReview(
  threads: readonly OwnThread[],
  statements: readonly Statement[],
  headSha: string,
  isWhole: boolean,
): ReviewPlan {
  const begin: (Statement & { readonly path: string })[] = [];
  const edit: ThreadEdit[] = [];
  const resolve: OwnThread[] = [];
  const reopen: OwnThread[] = [];
  let withoutPlace = 0;
  const said = new Set<string>();
  for (const statement of statements) {
    said.add(statement.mark.key);
    const own = threads.filter(({ mark }) => mark.key === statement.mark.key);
    if (own.length === 0 && statement.kind === 'broken') {
      const { path } = statement;
      if (path === undefined) withoutPlace++;
      else begin.push({ ...statement, path });
    }
    for (const thread of own) {
      const isClosed = thread.mark.status === 'fixed';
      // What is fixed stays as it is: the commit that fixed it is the older one.
      if (isClosed && statement.kind === 'kept') continue;
      if (thread.mark.state !== statement.mark.state) edit.push({ thread, body: statement.body });
      if (statement.kind === 'kept' && !thread.isResolved) resolve.push(thread);
      if (statement.kind === 'broken' && isClosed && thread.isResolved) reopen.push(thread);
    }
  }
  for (const thread of isWhole ? threads : []) {
    if (said.has(thread.mark.key) || thread.mark.status === 'fixed') continue;
    edit.push({ thread, body: goneBody(thread.mark, headSha) });
    if (!thread.isResolved) resolve.push(thread);
  }
  // Those that are there count: the same run again begins no others.
  const open = threads.filter(({ mark }) => mark.status === 'open').length;
  const shown = begin.slice(0, Math.max(0, MAX_THREADS - open));
  const leftOut = begin.length - shown.length;
  return { begin: shown, edit, resolve, reopen, withoutPlace, leftOut };
}
