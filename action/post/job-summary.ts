/** The job's own page: everything, unfolded; it needs no permission and no network. */

import { appendFileSync } from 'node:fs';
import { prose } from '../../shared/report/markdown-text.ts';
import type { Outcome } from '../outcome.ts';
import { type Failure, failureText } from './attempt.ts';
import { type BodyOptions, outcomeMarkdown } from './body.ts';

/** A step's summary may have 1 MiB. At most four bytes a code point, and room for what is added later. */
export const SUMMARY_POINTS = 250_000;

/** Appends to the runner's file, as all steps of a job do. */
export function writeJobSummary(
  path: string,
  outcome: Outcome,
  options: Pick<BodyOptions, 'link' | 'dollars'>,
): void {
  const body = outcomeMarkdown(outcome, { ...options, isPage: true, limit: SUMMARY_POINTS });
  appendFileSync(path, `${body}\n`);
}

/** What could not be posted elsewhere is said where it can be: below what was written. */
export function addFailures(path: string, failures: readonly Failure[], advice?: string): void {
  const lines = failures.map((failure) => `- ${prose(failureText(failure))}`);
  const parts = ['### Not posted', lines.join('\n'), ...(advice === undefined ? [] : [advice])];
  appendFileSync(path, `${parts.join('\n\n')}\n\n`);
}
