import { describe, expect, it } from 'vitest';
import {
  digestOf,
  hasMarker,
  markerName,
  readThreadMarker,
  stateOfBody,
  threadMarker,
} from '../../../action/post/markers.ts';
import { commentMarker } from '../../../shared/report/markdown.ts';

const mark = { key: digestOf('a'), status: 'open', state: digestOf('b') } as const;

describe('markers', () => {
  it('each configuration has its own, and the usual one a plain name', () => {
    expect(markerName('report', 'fettle.yml')).toBe('report');
    const names = ['a/fettle.yml', 'b/fettle.yml', 'x --> y'].map((path) =>
      markerName('report', path),
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names)
      expect(commentMarker(name)).toMatch(/^<!-- fettle:report-[0-9a-f]{16} -->$/);
  });

  it.each([
    ['<!-- fettle:report -->\nx', true],
    ['<!-- fettle:report -->\r\nx', true],
    [' <!-- fettle:report -->\nx', false],
    ['> <!-- fettle:report -->', false],
    ['x\n<!-- fettle:report -->', false],
    ['<!-- fettle:report-2 -->', false],
    ['', false],
  ])('%j begins with it: %j', (body, holds) => {
    expect(hasMarker(body, 'report')).toBe(holds);
  });

  it('a state is the second line', () => {
    expect(stateOfBody('<!-- fettle:report -->\n<!-- ab12 -->\n## x')).toBe('ab12');
    expect(stateOfBody('<!-- fettle:report -->\n## x\n<!-- ab12 -->\n')).toBeUndefined();
  });

  it('a thread: what is written is read', () => {
    expect(readThreadMarker(`${threadMarker(mark)}\r\nx`)).toEqual(mark);
    const fixed = { ...mark, status: 'fixed' } as const;
    expect(readThreadMarker(threadMarker(fixed))).toEqual(fixed);
  });

  it.each(['', 'x', '<!-- fettle:report -->', '<!-- fettle:review:xyz:open:ab -->'])(
    '%j is no thread of ours',
    (body) => expect(readThreadMarker(body)).toBeUndefined(),
  );
});
