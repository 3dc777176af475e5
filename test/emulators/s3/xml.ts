/** The little XML that S3 speaks: documents without attributes that matter, comments or DTDs. */

/** XML that is escaped already. */
export interface Xml {
  readonly xml: string;
}

type Child = Xml | string | number | boolean | undefined;

export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** One element; text is escaped, `undefined` is left out. */
export function element(name: string, ...children: readonly (Child | readonly Child[])[]): Xml {
  const inner = children.flat().map((child) => {
    if (child === undefined) return '';
    return typeof child === 'object' ? child.xml : escapeText(String(child));
  });
  return { xml: `<${name}>${inner.join('')}</${name}>` };
}

/** An element, or nothing when its text is missing. */
export const optional = (name: string, text: string | number | undefined): Xml | undefined =>
  text === undefined ? undefined : element(name, text);

/** A whole document; `namespace` is on everything but errors. */
export function document(root: string, ...children: readonly (Child | readonly Child[])[]): string {
  const { xml } = element(root, ...children);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml.replace(
    `<${root}>`,
    `<${root} xmlns="${NAMESPACE}">`,
  )}`;
}

/** `<Error>` has no namespace. */
export const errorDocument = (members: Readonly<Record<string, string>>): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${
    element(
      'Error',
      Object.entries(members).map(([name, text]) => element(name, text)),
    ).xml
  }`;

/** An element as read. */
export interface XmlNode {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlNode[];
}

/** The children of that name. */
export const all = (node: XmlNode, name: string): readonly XmlNode[] =>
  node.children.filter((child) => child.name === name);

/** The text of the first child of that name. */
export const textOf = (node: XmlNode, name: string): string | undefined => all(node, name)[0]?.text;

/** Reads a document. `undefined`: it is none. */
export function parseXml(text: string): XmlNode | undefined {
  interface Open {
    name: string;
    text: string;
    children: XmlNode[];
  }
  const root: Open = { name: '', text: '', children: [] };
  const open: Open[] = [root];
  for (const [whole, closing, name, empty] of text.matchAll(
    /<\?[^>]*\?>|<(\/?)([\w:-]+)(?:\s[^<>]*?)?(\/?)>|[^<]+/g,
  )) {
    const top = open.at(-1) ?? root;
    if (name === undefined) {
      if (!whole.startsWith('<')) top.text += unescapeText(whole);
    } else if (closing) {
      if (top.name !== name || open.length === 1) return undefined;
      open.pop();
    } else {
      const node: Open = { name, text: '', children: [] };
      top.children.push(node);
      if (!empty) open.push(node);
    }
  }
  return open.length === 1 ? root.children[0] : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  amp: '&',
};

function unescapeText(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? whole;
  });
}

/** What XML 1.0 cannot hold is written as a reference all the same, as S3 does. */
function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them.
  return text.replace(/[<>&"\u0000-\u001f]/g, (character) => `&#${character.charCodeAt(0)};`);
}
