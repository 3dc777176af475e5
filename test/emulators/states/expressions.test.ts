import { describe, expect, it } from 'vitest';
import { evaluate, isExpression } from './expressions.ts';
import type { Json } from './json.ts';

const bindings = { states: { input: { list: [1, 2, 3], text: 'abc' } }, variables: { x: 7 } };
const run = (expression: string): Promise<Json> => evaluate(`{% ${expression} %}`, bindings);

describe('expressions', () => {
  it.each<[string, Json]>([
    ['$x', 7],
    ['$states.input.list[-1]', 3],
    ['$states.input.list[$ > 1]', [2, 3]],
    ['$partition($states.input.list, 2)', [[1, 2], [3]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ['$hash("abc", "SHA-256")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$hash("abc", "MD5")', '900150983cd24fb0d6963f7d28e17f72'],
    ['$parse("[1]")', [1]],
    ['$length($uuid())', 36],
    ['$random() < 1', true],
    ['{"kept": 1, "dropped": $states.input.none}', { kept: 1 }],
    ['null', null],
  ])('%s', async (expression, expected) => {
    expect(await run(expression)).toEqual(expected);
  });

  it.each<[string, RegExp]>([
    ['$states.input.none', /returned nothing/],
    ['function($a) { $a }', /returned a function/],
    ['$sum', /returned a function/],
    ['$eval("1")', /non-function/],
    ['1 +', /1 \+/],
    ['$hash("a", "CRC")', /knows no 'CRC'/],
    ['$partition([1], 0)', /at least 1/],
    ['$parse("{")', /JSON/],
  ])('%s is an error', async (expression, message) => {
    await expect(run(expression)).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      causeText: expect.stringMatching(message),
    });
  });

  it('are the whole string, without a space around', () => {
    expect(['{% 1 %}', '{%1%}', ' {% 1 %}', '{% 1 %} ', '{%}'].map(isExpression)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
