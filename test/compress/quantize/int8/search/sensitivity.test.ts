import { describe, expect, it } from 'vitest';
import type { Score } from '../../../../../shared/compress/quantize/int8/search/referee.ts';
import { rankNodes } from '../../../../../shared/compress/quantize/int8/search/sensitivity.ts';
import { NEVER, ranked, scored } from './_scores.ts';

const refs = (count: number) => ranked(count).map(({ ref }) => ref);
const namesOf = (found: readonly { readonly ref: { readonly name: string } }[]) =>
  found.map(({ ref }) => ref.name);

/** Gives a damage by node and number of samples, and remembers who asked. */
function looking(damage: (node: number, samples: number) => number) {
  const looks: [string, number][] = [];
  const measure = async (quantized: ReadonlySet<string>, samples: number): Promise<Score> => {
    const [key = '', ...more] = quantized;
    expect(more).toEqual([]);
    looks.push([key, samples]);
    return scored(damage(Number(key.slice(1)), samples));
  };
  return { looks, measure };
}

describe('rankNodes', () => {
  it('gives nodes by damage, largest first', async () => {
    const { measure } = looking((node) => [0.1, 0.5, 0.3][node] ?? 0);
    expect(await rankNodes(refs(3), measure, NEVER)).toEqual([
      { ref: { scope: '', name: 'n1' }, damage: 0.5 },
      { ref: { scope: '', name: 'n2' }, damage: 0.3 },
      { ref: { scope: '', name: 'n0' }, damage: 0.1 },
    ]);
  });

  it('looks at all with few samples, then at the worst with more, which decide', async () => {
    // The first look is wrong about n19 and n18.
    const { looks, measure } = looking((node, samples) =>
      samples < 10 || node < 18 ? node : node === 18 ? 100 : 0.5,
    );
    const result = await rankNodes(refs(20), measure, NEVER);
    const [few = 0] = [...new Set(looks.map(([, samples]) => samples))];
    const first = looks.filter(([, samples]) => samples === few).map(([key]) => key);
    const second = looks.filter(([, samples]) => samples > few).map(([key]) => key);
    expect(first).toEqual(refs(20).map(({ name }) => name));
    expect(second.length).toBeLessThan(20);
    expect(second.slice(0, 3)).toEqual(['n19', 'n18', 'n17']);
    expect(namesOf(result).slice(0, 3)).toEqual(['n18', 'n17', 'n16']);
    expect(result.find(({ ref }) => ref.name === 'n19')?.damage).toBe(0.5);
  });

  it('keeps the order of the graph among equals', async () => {
    const { measure } = looking(() => 1);
    expect(namesOf(await rankNodes(refs(5), measure, NEVER))).toEqual(
      refs(5).map(({ name }) => name),
    );
  });

  it('puts nodes last that there was no time for', async () => {
    let looks = 0;
    const deadline = {
      get isOver() {
        return looks >= 3;
      },
      left: 1,
    };
    const measure = async () => scored([0.1, 0.2, 0.3][looks++] ?? 9);
    const result = await rankNodes(refs(5), measure, deadline);
    expect(result.map(({ ref, damage }) => [ref.name, damage])).toEqual([
      ['n2', 0.3],
      ['n1', 0.2],
      ['n0', 0.1],
      ['n3', 0],
      ['n4', 0],
    ]);
    expect(looks).toBe(3);
  });

  it('tells nodes of two graphs with one name apart', async () => {
    const both = [
      { scope: 'a/', name: 'y' },
      { scope: 'b/', name: 'y' },
    ];
    const measure = async (quantized: ReadonlySet<string>) =>
      scored(quantized.has('b/y') ? 0.9 : 0.1);
    expect(await rankNodes(both, measure, NEVER)).toEqual([
      { ref: both[1], damage: 0.9 },
      { ref: both[0], damage: 0.1 },
    ]);
  });

  it('is empty for no nodes', async () => {
    const { measure } = looking(() => 1);
    expect(await rankNodes([], measure, NEVER)).toEqual([]);
  });
});
