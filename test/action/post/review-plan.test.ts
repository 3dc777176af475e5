import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../action/post/breaches.ts';
import type { OwnThread } from '../../../action/post/conversation.ts';
import { planReview } from '../../../action/post/review-plan.ts';

const KEY = '1'.repeat(16);
const thread = (change: Partial<OwnThread> = {}, status: 'open' | 'fixed' = 'open'): OwnThread => ({
  id: 'T1',
  commentId: 'C1',
  body: '',
  isResolved: false,
  mark: { key: KEY, status, state: 'a'.repeat(16) },
  ...change,
});
const says = (kind: Statement['kind'], change: Partial<Statement> = {}): Statement => ({
  mark: { key: KEY, status: kind === 'kept' ? 'fixed' : 'open', state: 'b'.repeat(16) },
  path: 'a.onnx',
  body: kind,
  kind,
  ...change,
});
const counts = (threads: OwnThread[], statements: Statement[], isWhole = true) => {
  const plan = planReview(threads, statements, 'f'.repeat(40), isWhole);
  const { begin, edit, resolve, reopen, withoutPlace } = plan;
  return [begin.length, edit.length, resolve.length, reopen.length, withoutPlace];
};

describe('planReview', () => {
  it.each([
    ['broken, no thread: one is begun', [], [says('broken')], [1, 0, 0, 0, 0]],
    ['unsure or kept, no thread: none is', [], [says('unsure'), says('kept')], [0, 0, 0, 0, 0]],
    ['broken still: its text changes', [thread()], [says('broken')], [0, 1, 0, 0, 0]],
    [
      'the same is said already',
      [thread()],
      [says('broken', { mark: thread().mark })],
      [0, 0, 0, 0, 0],
    ],
    ['fixed: said and resolved', [thread()], [says('kept')], [0, 1, 1, 0, 0]],
    ['fixed long ago: left alone', [thread({}, 'fixed')], [says('kept')], [0, 0, 0, 0, 0]],
    ['fixed, then unsure: said', [thread({}, 'fixed')], [says('unsure')], [0, 1, 0, 0, 0]],
    [
      'broken again: opened',
      [thread({ isResolved: true }, 'fixed')],
      [says('broken')],
      [0, 1, 0, 1, 0],
    ],
    [
      'people resolved it while it was broken',
      [thread({ isResolved: true })],
      [says('broken')],
      [0, 1, 0, 0, 0],
    ],
    [
      'two threads of one model: both',
      [thread(), thread({ id: 'T2' })],
      [says('kept')],
      [0, 2, 2, 0, 0],
    ],
    ['no longer changed', [thread()], [], [0, 1, 1, 0, 0]],
  ])('%s', (_, threads, statements, expected) => {
    expect(counts(threads, statements)).toEqual(expected);
  });

  it('a report that is not whole says nothing of other threads', () => {
    expect(counts([thread()], [], false)).toEqual([0, 0, 0, 0, 0]);
  });

  it('of very many the first get a thread, the others are counted', () => {
    const many = Array.from({ length: 27 }, (_, i) =>
      says('broken', { mark: { key: String(i).padStart(16, '0'), status: 'open', state: KEY } }),
    );
    const plan = planReview([], many, 'f'.repeat(40), true);
    expect([plan.begin.length, plan.leftOut]).toEqual([20, 7]);
    const there = plan.begin.map(({ mark }, i) => thread({ id: `T${i}`, mark }));
    const again = planReview(there, many, 'f'.repeat(40), true);
    expect([again.begin.length, again.edit.length, again.leftOut]).toEqual([0, 0, 7]);
  });

  it('a broken model without a file in the diff is counted', () => {
    const { path: _, ...nowhere } = says('broken');
    expect(counts([], [nowhere])).toEqual([0, 0, 0, 0, 1]);
  });
});
