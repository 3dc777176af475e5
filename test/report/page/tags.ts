/** A page's skeleton for tests: which elements, with which attribute names, in which order. */

/** `<td class title>` for every tag; throws where a tag is not closed or an attribute not quoted. */
export function skeleton(page: string): string[] {
  const tags: string[] = [];
  const rest = page
    .replace(/<style>[\s\S]*?<\/style>/g, '<style>')
    .replace(
      /<(\/?[a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9-]*(?:="[^"<>]*")?)*)\s*\/?>/gi,
      (_, name: string, attributes: string) => {
        tags.push([name, ...(attributes.match(/[a-z][a-z0-9-]*(?==")/gi) ?? [])].join(' '));
        return '';
      },
    )
    .replace(/^<!doctype html>/, '');
  if (/[<>]/.test(rest))
    throw new Error(`not well formed: ${/.{0,80}[<>].{0,80}/.exec(rest)?.[0]}`);
  return tags;
}

/** Text content, entities resolved as far as our pages use them. */
export function textOf(markup: string): string {
  return markup
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&#96;/g, '`')
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}
