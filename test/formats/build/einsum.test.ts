import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../shared/formats/build/build-model.ts';
import type { Shape } from '../../../shared/formats/build/dims.ts';
import { einsum, reshapeBehind } from '../../../shared/formats/build/einsum.ts';
import type { Model } from '../../../shared/onnx/model.ts';
import { errorOf, runModel } from '../keras/_run.ts';

const SIZES: Readonly<Record<string, number>> = { a: 2, b: 3, c: 4, d: 2, e: 3, z: 5 };

/** The sum by its definition, letter by letter. */
function naive(terms: readonly string[], output: string, data: readonly (readonly number[])[]) {
  const letters = [...new Set([...terms.join('')])];
  const sizeOf = (letter: string): number => SIZES[letter] ?? 1;
  const dims = [...output].map(sizeOf);
  const sums = new Float32Array(dims.reduce((product, size) => product * size, 1));
  const offset = (term: string, at: Readonly<Record<string, number>>): number =>
    [...term].reduce((sum, letter) => sum * sizeOf(letter) + (at[letter] ?? 0), 0);
  const walk = (left: readonly string[], at: Record<string, number>): void => {
    const [letter, ...rest] = left;
    if (letter === undefined) {
      const factors = terms.map((term, index) => data[index]?.[offset(term, at)] ?? 0);
      const place = offset(output, at);
      sums[place] = (sums[place] ?? 0) + factors.reduce((product, factor) => product * factor, 1);
      return;
    }
    for (let index = 0; index < sizeOf(letter); index++) walk(rest, { ...at, [letter]: index });
  };
  walk(letters, {});
  return { type: 'float32' as const, dims, data: sums };
}

/** A simple row of numbers without a pattern. */
const numbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, at) => Math.sin((at + 1) * 12.9898 * seed) * 2);

/** Sizes that are free have names, or none. */
const FREEDOM = ['fixed', 'named', 'unknown'] as const;

function build(
  equation: string,
  terms: readonly string[],
  freedom: (typeof FREEDOM)[number],
  bias?: readonly number[],
): Model {
  return buildModel(undefined, (b) => {
    const operands = terms.map((term, at) => {
      const shape: Shape = [...term].map((letter) =>
        freedom === 'fixed' ? (SIZES[letter] ?? 1) : freedom === 'named' ? letter : null,
      );
      return b.input(`in${at}`, 'float32', shape);
    });
    const added = bias && b.numbers(bias, 'float32', [SIZES.d ?? 1, SIZES.e ?? 1]);
    b.output('out', einsum(b, equation, operands, added));
  }).model;
}

const EQUATIONS = [
  'ab,bc->ac',
  'abc,cd->abd',
  'abc,cde->abde',
  'abcd,cde->abe',
  'abc,abd->acd',
  'abc,adc->abd',
  'ab,b->a',
  'b,b->',
  'a,b->ab',
  'a,b->ba',
  'abc,abc->abc',
  'abc,bcd->acd',
  'abc->cab',
  'abc->b',
  'abc->',
  'abc,bd->adc',
  'abz,azd->abd',
  'ab,cd->acbd',
  'ab,bc,cd->ad',
  'abc,c,b->a',
  'abde,abce->acd',
  'ab,ab->b',
] as const;

describe.each(FREEDOM)('sums over sizes that are %s', (freedom) => {
  it.each(EQUATIONS)('%s', async (equation) => {
    const [left = '', output = ''] = equation.split('->');
    const terms = left.split(',');
    const data = terms.map((term, at) =>
      numbers(
        [...term].reduce((product, letter) => product * (SIZES[letter] ?? 1), 1),
        at + 1,
      ),
    );
    const feeds = Object.fromEntries(
      terms.map((term, at) => [
        `in${at}`,
        {
          type: 'float32' as const,
          dims: [...term].map((letter) => SIZES[letter] ?? 1),
          data: Float32Array.from(data[at] ?? []),
        },
      ]),
    );
    const { out } = await runModel(build(equation, terms, freedom), feeds);
    expect(errorOf(out, naive(terms, output, data))).toBeLessThanOrEqual(1e-6);
  });
});

describe('how it is written', () => {
  const opsOf = (equation: string, terms: readonly string[]): readonly string[] =>
    build(equation, terms, 'fixed')
      .graph.nodes.map(({ opType }) => opType)
      .filter((op) => op !== 'Identity');
  it('a product of matrices is one node', () => {
    expect(opsOf('abc,cd->abd', ['abc', 'cd'])).toEqual(['MatMul']);
    expect(opsOf('...x,xy->...y', ['abc', 'cd'])).toEqual(['MatMul']);
  });
  it('letters without an arrow come back in the order of the alphabet', () => {
    expect(opsOf('ab,bc', ['ab', 'bc'])).toEqual(['MatMul']);
  });
  it('a diagonal is an Einsum', () => {
    expect(opsOf('aab->ab', ['aab'])).toEqual(['Einsum']);
  });
  it('a bias is added before columns are taken apart', () => {
    const model = build('abc,cde->abde', ['abc', 'cde'], 'fixed', [1, 2, 3, 4, 5, 6]);
    expect(model.graph.nodes.map(({ opType }) => opType).slice(-3)).toEqual([
      'Add',
      'Reshape',
      'Identity',
    ]);
  });
  it.each([
    ['ab,bc->ac', ['ab']],
    ['ab,bc->ad', ['ab', 'bc']],
    ['abc,bc->a', ['ab', 'bc']],
    ['a1,1c->ac', ['ab', 'bc']],
  ] as const)('%s of %o is refused', (equation, terms) => {
    expect(() => build(equation, terms, 'fixed')).toThrow('does not fit');
  });
});

describe('shapes behind axes that stay', () => {
  it('need no size of those', async () => {
    const { model } = buildModel(undefined, (b) => {
      const x = b.input('x', 'float32', [null, null, 6]);
      b.output('out', reshapeBehind(b, x, 2, [2, 3]));
    });
    const feed = { type: 'float32' as const, dims: [2, 1, 6], data: new Float32Array(12) };
    const { out } = await runModel(model, { x: feed });
    expect(out?.dims).toEqual([2, 1, 2, 3]);
  });
});
