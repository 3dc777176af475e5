import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DATA_FORMS } from '../../../shared/measure/data/forms.ts';

it('lists every form that a file here defines, each suffix once', () => {
  const folder = 'shared/measure/data';
  const defined = readdirSync(folder).filter((name) =>
    /export const \w+: DataForm\b/.test(readFileSync(`${folder}/${name}`, 'utf8')),
  );
  expect(DATA_FORMS.length).toBe(defined.length);
  const suffixes = DATA_FORMS.flatMap(({ suffixes }) => suffixes);
  expect(new Set(suffixes).size).toBe(suffixes.length);
});
