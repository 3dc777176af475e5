/** What a runner reads out of a step's log: annotations and masks. */

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface ReadLog {
  /** Without commands, and with masked values as `***`. */
  readonly log: string;
  /** Those that GitHub shows. */
  readonly annotations: readonly Annotation[];
  /** Over what GitHub keeps of one step. */
  readonly dropped: readonly Annotation[];
  /** Values that the step asked to hide. */
  readonly masks: readonly string[];
  /** Names of commands that runners no longer obey. */
  readonly refused: readonly string[];
}

/** Of each level and step. */
const SHOWN = 10;
/** Characters of a message; the rest is cut. */
const MESSAGE = 64 * 1024;
const TITLE = 255;

const COMMAND = /^::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/;
const LEVELS = ['error', 'warning', 'notice'] as const;
/** Of old runners: by files now, for whoever writes the log could set them. */
const GONE = new Set(['set-output', 'save-state', 'set-env', 'add-path']);

/** @param secrets hidden from the beginning */
export function readLog(text: string, secrets: readonly string[] = []): ReadLog {
  const lines: string[] = [];
  const all: Annotation[] = [];
  const masks: string[] = [];
  const refused: string[] = [];
  let stopped: string | undefined;
  for (const line of text.split('\n')) {
    const [, name = '', properties = '', data = ''] = COMMAND.exec(line.trim()) ?? [];
    if (stopped !== undefined) {
      if (line.trim() === `::${stopped}::`) stopped = undefined;
      else lines.push(line);
      continue;
    }
    const level = LEVELS.find((one) => one === name);
    if (level) all.push(annotationOf(level, properties, data));
    else if (name === 'add-mask') masks.push(unescapeData(data));
    else if (name === 'stop-commands') stopped = data;
    else if (GONE.has(name)) refused.push(name);
    else lines.push(line);
    if (level) lines.push(`${level}: ${unescapeData(data)}`);
  }
  const hidden = [...secrets, ...masks].filter((value) => value !== '');
  const kept = LEVELS.flatMap((level) => all.filter((one) => one.level === level).slice(0, SHOWN));
  return {
    log: hide(lines.join('\n'), hidden),
    annotations: all.filter((one) => kept.includes(one)),
    dropped: all.filter((one) => !kept.includes(one)),
    masks,
    refused,
  };
}

/** The text with each of the values as `***`; the longest first, for one may hold another. */
export function hide(text: string, values: readonly string[]): string {
  return values
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, '***'), text);
}

function annotationOf(level: Annotation['level'], properties: string, data: string): Annotation {
  const given = new Map(
    properties.split(',').map((one) => {
      const [name = '', ...value] = one.split('=');
      return [name.trim(), unescapeProperty(value.join('='))];
    }),
  );
  const [title, file, line] = [given.get('title'), given.get('file'), given.get('line')];
  return {
    level,
    message: unescapeData(data).slice(0, MESSAGE),
    ...(title && { title: title.slice(0, TITLE) }),
    ...(file && { file }),
    ...(line && { line: Number(line) }),
  };
}

const unescapeData = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

const unescapeProperty = (text: string): string =>
  unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
