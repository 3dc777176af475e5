/** An outcome as Markdown: the comment, the page of the job, the issue. */

import { type MarkdownOptions, renderMarkdown } from '../../shared/report/markdown.ts';
import type { Outcome } from '../outcome.ts';

/** What the runner knows besides. */
export interface BodyOptions
  extends Pick<MarkdownOptions, 'marker' | 'state' | 'notices' | 'limit'> {
  /** The page of the run, where the whole report is. */
  readonly link?: string;
  readonly dollars?: number;
}

/** As {@link renderMarkdown}, with the outcome's problems. */
export function outcomeMarkdown(
  { report, problems }: Outcome,
  options: BodyOptions & Pick<MarkdownOptions, 'isPage'>,
): string {
  return renderMarkdown(report, { ...options, problems });
}
