import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../action/outcome.ts';
import { annotationsOf } from '../../../action/post/annotations.ts';
import { reportWithNames } from '../../report/hostile.ts';
import { changeOf, reportOf } from './_stage.ts';

const outcomeOf = (change: Partial<Outcome>): Outcome => ({
  trigger: { kind: 'manual', sha: '1'.repeat(40), ref: 'refs/heads/main' },
  headSha: '1'.repeat(40),
  changes: [],
  problems: [],
  configPath: 'ml/fettle.yml',
  ...change,
});

describe('annotationsOf', () => {
  it('a broken budget stands on its line, what is open is a warning, what is kept is silent', () => {
    const report = reportOf({ a: 'ok', b: 'broken', c: 'inconclusive' });
    const changes = [changeOf('b', { configLine: 12 }), changeOf('c')];
    expect(annotationsOf(outcomeOf({ report, changes }))).toEqual([
      {
        level: 'error',
        title: 'Fettle: b',
        message: 'model size 123 kB (+37.2%), budget 100 kB: broken',
        file: 'ml/fettle.yml',
        startLine: 12,
      },
      {
        level: 'warning',
        title: 'Fettle: c',
        message: expect.stringContaining('budget −0.5pp: inconclusive'),
        file: 'c.onnx',
      },
    ]);
  });

  it('problems stand where they are', () => {
    const problems = [
      {
        level: 'error',
        message: 'unknown key',
        hint: 'Did you mean x?',
        where: 'fettle.yml',
        line: 3,
      },
      { level: 'notice', message: 'more' },
    ] as const;
    expect(annotationsOf(outcomeOf({ problems }))).toEqual([
      {
        level: 'error',
        title: 'Fettle',
        message: 'unknown key. Did you mean x?',
        file: 'fettle.yml',
        startLine: 3,
      },
      { level: 'notice', title: 'Fettle', message: 'more' },
    ]);
  });

  it('ten of a level, the tenth counts the rest', () => {
    const fates = Object.fromEntries(
      Array.from({ length: 25 }, (_, i) => [`m${i}`, 'broken' as const]),
    );
    const all = annotationsOf(outcomeOf({ report: reportOf(fates) }));
    expect(all).toHaveLength(10);
    expect(all.at(-1)?.message).toBe("and 16 more, see the job's summary");
  });

  it('a name neither ends the line nor hides', () => {
    for (const { title, message } of annotationsOf(
      outcomeOf({ report: reportWithNames('a\n::error::\u202eb') }),
    )) {
      expect(title + message).not.toMatch(/[\n\u202e]/);
    }
  });
});
