import { expect, it } from 'vitest';
import { Notes } from '../../../shared/measure/data/data-form.ts';

it('says each thing once, in order', () => {
  const notes = new Notes();
  for (const note of ['b', 'a', 'b']) notes.add(note);
  expect(notes.list).toEqual(['b', 'a']);
});
