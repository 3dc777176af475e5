/**
 * What hides in posted text so that a later run finds its own again: HTML comments of fixed letters.
 *
 * A marker alone proves nothing, because anybody can write one: it counts only in what this very account wrote.
 */

import { createHash } from 'node:crypto';
import { commentMarker } from '../../shared/report/markdown.ts';

/** A thread of a review: that of one model, what it said last, and of which facts. */
export interface ThreadMark {
  /** 16 hexadecimal digits of configuration and model. */
  readonly key: string;
  readonly status: 'open' | 'fixed';
  /** 16 hexadecimal digits of what it says: the same digits need no write. */
  readonly state: string;
}

/** Hexadecimal digits of anything that JSON can say; the order of keys counts. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** `report`, and for a configuration elsewhere a name of its own: each has its comment. */
export function markerName(kind: 'report' | 'scheduled' | 'artifacts', configPath: string): string {
  return configPath === 'fettle.yml' ? kind : `${kind}-${digestOf(configPath)}`;
}

/** Whether a text begins with this very marker. */
export function hasMarker(body: string, name: string): boolean {
  return firstLine(body) === commentMarker(name);
}

/** The hidden second line of a comment. */
export function stateOfBody(body: string): string | undefined {
  return /^[^\n]*\n<!-- ([0-9a-f]+) -->\r?\n/.exec(body)?.[1];
}

/** The first line of a thread. */
export function threadMarker({ key, status, state }: ThreadMark): string {
  return `<!-- fettle:review:${key}:${status}:${state} -->`;
}

/** What the first line of a thread says; `undefined` for any other text. */
export function readThreadMarker(body: string): ThreadMark | undefined {
  const match = /^<!-- fettle:review:([0-9a-f]{16}):(open|fixed):([0-9a-f]{16}) -->$/.exec(
    firstLine(body),
  );
  const [, key, status, state] = match ?? [];
  if (key === undefined || state === undefined) return undefined;
  return { key, status: status === 'fixed' ? 'fixed' : 'open', state };
}

/** GitHub may give back lines with a carriage return. */
const firstLine = (body: string): string => body.split('\n', 1)[0]?.trimEnd() ?? '';
