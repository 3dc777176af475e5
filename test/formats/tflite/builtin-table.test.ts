import { expect, it } from 'vitest';
import { BUILTINS } from '../../../shared/formats/tflite/builtin-table.ts';
import { tfliteCases } from './_run.ts';

const names = Object.values(BUILTINS).flatMap((table) => Object.keys(table));

/** Operators that no file here has, each with the reason. */
const WITHOUT_CASE: Readonly<Record<string, string>> = {
  CALL: 'no converter writes it, and the interpreter has no kernel for it',
};

it('has no operator in two families', () => {
  expect(new Set(names).size).toBe(names.length);
});

it('has about 110 operators of which each is run in some file', () => {
  const run = new Set(
    ['builtins', 'handmade', 'tflite_micro'].flatMap((bundle) =>
      tfliteCases(bundle).flatMap(({ ops }) => ops),
    ),
  );
  expect(names.filter((name) => !run.has(name) && !(name in WITHOUT_CASE))).toEqual([]);
  expect(names.length).toBeGreaterThan(110);
});
