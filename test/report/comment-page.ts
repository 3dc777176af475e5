/** A page around a comment: GitHub's own style sheet, the frame of a comment, the width that GitHub gives one. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { githubHtml } from './github-html.ts';

const css = readFileSync(
  createRequire(import.meta.url).resolve('github-markdown-css/github-markdown.css'),
  'utf8',
);

/** A document of its own, that asks for nothing. */
export function commentPage(markdown: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>comment</title><meta name="viewport" content="width=device-width">
<style>
${css}
:root { color-scheme: light dark; }
body { margin: 0; padding: 16px; background: Canvas; }
.comment { max-width: 860px; border: 1px solid #8886; border-radius: 6px; overflow: hidden; }
.markdown-body { padding: 16px; font-size: 14px; }
</style></head>
<body><main class="comment"><article class="markdown-body">${githubHtml(markdown)}</article></main></body></html>
`;
}
