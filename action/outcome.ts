/** Everything that is posted: what changed, what was measured, what went wrong. */
import type { Report } from '../shared/report/schema.ts';
import type { ModelChange } from './changes/model-change.ts';
import type { PullRequest, Trigger } from './trigger.ts';

/** What people must know besides the report. */
export interface Problem {
  /** `error`: the check fails by it, whatever the report says. */
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly hint?: string;
  /** A file of the repository, from its root. */
  readonly where?: string;
  readonly line?: number;
}

export interface Outcome {
  /** Absent: nothing changed, or nothing could be measured. Its `comparison` names both commits. */
  readonly report?: Report;
  /** Where the report was written. */
  readonly reportPath?: string;
  readonly trigger: Trigger;
  /** The pull request to post to, if any. */
  readonly pull?: PullRequest;
  /** Commits compared: the merge base (absent: against nothing) and the head. */
  readonly baseSha?: string;
  readonly headSha: string;
  readonly changes: readonly ModelChange[];
  readonly problems: readonly Problem[];
  /** Of the configuration, from the repository's root, whether it is there or not. */
  readonly configPath: string;
}
