/** YAML text to a value, with the line of every part of it: mistakes are named by line. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { InputError } from '../../base/errors.ts';

export type Path = readonly (string | number)[];

export interface Located {
  readonly value: unknown;
  /** `fettle.yml:12`, of the value at a path or of the nearest part around it. */
  readonly where: (path: Path) => string;
  /** The same for the key itself, which may be one that should not be there. */
  readonly whereKey: (path: Path) => string;
}

/** Throws {@link InputError} with the line for text that is not YAML, or holds a key twice. */
export function parseYaml(text: string, file: string): Located {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const line = (offset: number | undefined): string =>
    offset === undefined ? file : `${file}:${lines.linePos(offset).line}`;
  const error = document.errors[0];
  if (error) {
    throw new InputError(`the file is not valid YAML: ${error.message}`, {
      where: line(error.pos[0]),
      hint: 'Check the indentation and the quotes of that line.',
    });
  }
  return {
    value: toValue(document, file),
    where: (path) => line(offsetOf(document, path)),
    whereKey: (path) => line(keyOffset(document, path) ?? offsetOf(document, path)),
  };
}

function toValue(document: Document, file: string): unknown {
  try {
    // The default limit on aliases keeps a "billion laughs" file small (CWE-776).
    return document.toJS();
  } catch (error) {
    throw new InputError(
      `the file cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        where: file,
        cause: error,
      },
    );
  }
}

function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      // A mapping begins at its first key; the line that names it says more.
      return isMap(node) && length > 0 ? keyOffset(document, path.slice(0, length)) : node.range[0];
    }
  }
  return undefined;
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  if (!isMap(parent)) return undefined;
  for (const item of parent.items) {
    if (isScalar(item.key) && String(item.key.value) === String(key)) return item.key.range?.[0];
  }
  return undefined;
}
