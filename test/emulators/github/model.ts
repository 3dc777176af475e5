/** What is kept on the server: plain data, changed by the routes. */
import type { Repository } from './repository.ts';

export interface Account {
  readonly id: number;
  /** With `[bot]` where it is one. */
  readonly login: string;
  readonly kind: 'User' | 'Bot';
}

export interface Minimized {
  readonly reason: string;
}

export interface IssueComment {
  readonly id: number;
  readonly author: Account;
  readonly createdAt: Date;
  body: string;
  updatedAt: Date;
  /** Logins of those who changed it, in order. */
  readonly editors: string[];
  minimized?: Minimized;
}

export interface ReviewComment extends IssueComment {
  readonly review: Review;
  readonly thread: ReviewThread;
  readonly inReplyTo?: number;
}

export interface ReviewThread {
  readonly id: number;
  readonly path: string;
  readonly subject: 'file' | 'line';
  readonly line?: number;
  /** The head's when it was begun. */
  readonly commit: string;
  readonly comments: ReviewComment[];
  resolvedBy?: Account;
}

export type ReviewState = 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED';

export interface Review {
  readonly id: number;
  readonly author: Account;
  readonly commit: string;
  state: ReviewState;
  body: string;
  submittedAt?: Date;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: Date;
  title: string;
  body: string;
  state: 'open' | 'closed';
  updatedAt: Date;
  labels: readonly string[];
  readonly comments: IssueComment[];
}

export interface Pull extends Issue {
  readonly base: { readonly ref: string; sha: string };
  readonly head: { readonly ref: string; repository: Repository | undefined; sha: string };
  readonly reviews: Review[];
  readonly threads: ReviewThread[];
  /** Mails that watchers got: one a comment, one a submitted review. */
  notifications: number;
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly author: Account;
  readonly createdAt: Date;
}

export const isPull = (issue: Issue): issue is Pull => 'threads' in issue;
