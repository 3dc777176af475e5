import { expect, test } from 'vitest';
import { labelsOf } from '../../action/labels.ts';

const [base, head] = ['b', 'a'].map((letter) => letter.repeat(40));
const pull = {
  number: 7,
  baseRef: 'main',
  baseSha: base ?? '',
  headSha: head ?? '',
  headRepository: undefined,
  isFork: true,
};

test.each([
  [
    { base, head: head ?? '', pull },
    { base: { label: 'main (merge base)', commit: base }, head: { label: '#7', commit: head } },
  ],
  [
    { base, head: head ?? '' },
    { base: { label: 'before', commit: base }, head: { label: 'head', commit: head } },
  ],
  [{ base: undefined, head: head ?? '' }, { head: { label: 'head', commit: head } }],
])('%#', (states, expected) => {
  expect(labelsOf({ ...states, trusted: 'head' })).toEqual(expected);
});
