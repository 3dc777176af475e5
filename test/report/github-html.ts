/**
 * Markdown as GitHub shows it: GitHub-flavoured Markdown to HTML, then the sanitizer with GitHub's own
 * schema, which takes away what GitHub takes away.
 */

import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { rehype } from 'rehype';
import rehypeSanitize from 'rehype-sanitize';

const sanitizer = rehype().data('settings', { fragment: true }).use(rehypeSanitize).freeze();

/** Before the sanitizer: what the renderer itself made of the text. */
export function rawHtml(markdown: string): string {
  return micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
}

/** What a browser gets. */
export function githubHtml(markdown: string): string {
  return String(sanitizer.processSync(rawHtml(markdown)));
}
