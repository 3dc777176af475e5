import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../action/outcome.ts';
import { changedFile, goneBody, statements } from '../../../action/post/breaches.ts';
import { readThreadMarker } from '../../../action/post/markers.ts';
import { githubHtml, rawHtml } from '../../report/github-html.ts';
import { hostileText, reportWithNames } from '../../report/hostile.ts';
import { changeOf, reportOf } from './_stage.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';
const outcomeOf = (change: Partial<Outcome> = {}): Outcome => ({
  trigger: { kind: 'manual', sha: SHA, ref: 'refs/heads/main' },
  headSha: SHA,
  baseSha: 'f'.repeat(40),
  changes: [],
  problems: [],
  configPath: 'fettle.yml',
  ...change,
});
const file = (path: string, blob: string) => ({ path, blob: blob.repeat(40), bytes: 1 });

describe('statements', () => {
  it('of a broken, an open and a kept model', () => {
    const report = reportOf({ a: 'ok', b: 'broken', c: 'inconclusive' });
    const changes = ['a', 'b', 'c'].map((name) => changeOf(name));
    const said = statements(outcomeOf({ report, changes }));
    expect(said.map(({ kind, path, mark }) => [kind, path, mark.status])).toEqual([
      ['kept', 'a.onnx', 'fixed'],
      ['broken', 'b.onnx', 'open'],
      ['unsure', 'c.onnx', 'open'],
    ]);
    expect(said[1]?.body).toContain('size 123 kB (+37.2%), budget 100 kB: broken');
    expect(said[1]?.body).toContain('measured at `0123456789ab`, compared with `ffffffffffff`');
    expect(said[2]?.body).toContain('about 2,000 samples would decide');
    expect(said.map(({ body, mark }) => [readThreadMarker(body), mark])).toEqual(
      said.map(({ mark }) => [mark, mark]),
    );
  });

  it('hostile names stay text', () => {
    fc.assert(
      fc.property(hostileText(), (name) => {
        for (const { body } of statements(outcomeOf({ report: reportWithNames(name) }))) {
          const page = rawHtml(body);
          const outside = page.replace(/<code>[^<]*<\/code>/g, '').replace(/<[^>]*>/g, '');
          expect(outside).not.toMatch(/[@#<>`]|https?:|www\.|deadbeef/);
          expect(githubHtml(body)).not.toMatch(/<(?:a|img|script)\b/);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('changedFile', () => {
  it.each([
    ['one file', changeOf('a'), 'a.onnx'],
    [
      'the weights beside it',
      changeOf('a', {
        base: { path: 'a.onnx', files: [file('a.onnx', '1'), file('a.data', '1')] },
        head: { path: 'a.onnx', files: [file('a.onnx', '1'), file('a.data', '2')] },
      }),
      'a.data',
    ],
    ['moved', changeOf('a', { head: { path: 'b.onnx', files: [file('b.onnx', 'a')] } }), 'b.onnx'],
  ])('%s', (_, change, path) => {
    expect(changedFile(change)).toBe(path);
  });

  it('none where only data changed, or the model is gone', () => {
    const same = changeOf('a').head;
    expect(changedFile(changeOf('a', { ...(same && { base: same }) }))).toBeUndefined();
    const { head: _, ...gone } = changeOf('a');
    expect(changedFile(gone)).toBeUndefined();
  });
});

it('goneBody: the same thread, closed', () => {
  const mark = { key: '1'.repeat(16), status: 'open', state: '2'.repeat(16) } as const;
  expect(readThreadMarker(goneBody(mark, SHA))).toMatchObject({ key: mark.key, status: 'fixed' });
});
