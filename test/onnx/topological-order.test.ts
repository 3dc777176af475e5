import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/base/random.ts';
import type { Node } from '../../shared/onnx/model.ts';
import { topologicalOrder } from '../../shared/onnx/topological-order.ts';
import { node } from './_build.ts';

const named = (order: ReturnType<typeof topologicalOrder>) => [
  order.kind,
  ...order.nodes.map(({ outputs }) => outputs[0]),
];
const sort = (...nodes: Node[]) => named(topologicalOrder(nodes, ({ inputs }) => inputs));

describe('topologicalOrder', () => {
  it('moves what is read too early forward, and nothing else', () => {
    const a = node('A', ['x'], ['a']);
    const b = node('B', ['c'], ['b']);
    const c = node('C', ['x'], ['c']);
    const d = node('D', ['x'], ['d']);
    expect(sort(a, b, d, c)).toEqual(['order', 'a', 'c', 'b', 'd']);
    expect(sort(d, c, b, a)).toEqual(['order', 'd', 'c', 'b', 'a']);
  });

  it('names the nodes of a circle, not those before or behind it', () => {
    const before = node('A', ['x'], ['a']);
    const one = node('B', ['a', 'd'], ['b']);
    const two = node('C', ['b'], ['c']);
    const three = node('D', ['c'], ['d']);
    const behind = node('E', ['d'], ['e']);
    expect(sort(behind, before, one, two, three)).toEqual(['cycle', 'd', 'c', 'b']);
    expect(sort(node('F', ['f'], ['f']))).toEqual(['cycle', 'f']);
  });

  it('orders chains of 200,000 nodes and any shuffle', () => {
    const chain = Array.from({ length: 200_000 }, (_, i) => node('N', [`v${i - 1}`], [`v${i}`]));
    const sorted = topologicalOrder(chain.toReversed(), ({ inputs }) => inputs);
    expect(sorted).toEqual({ kind: 'order', nodes: chain });
    const random = createRandom(3, 'order');
    const dag = Array.from({ length: 300 }, (_, i) =>
      node('N', i === 0 ? [] : [`v${random.below(i)}`, `v${random.below(i)}`], [`v${i}`]),
    );
    const shuffled = dag
      .map((each) => [random.float(), each] as const)
      .sort(([x], [y]) => x - y)
      .map(([, each]) => each);
    const seen = new Set<string>();
    for (const { inputs, outputs } of topologicalOrder(shuffled, (each) => each.inputs).nodes) {
      expect(inputs.every((name) => seen.has(name))).toBe(true);
      for (const name of outputs) seen.add(name);
    }
    expect(seen.size).toBe(300);
  });
});
