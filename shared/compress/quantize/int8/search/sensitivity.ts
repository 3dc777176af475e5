/** The damage that each node does when it alone is quantized: measured, as proxies rank layers badly. */
import { keyOf, type ValueRef } from '../scopes.ts';
import type { Deadline } from './deadline.ts';
import type { Score } from './referee.ts';

export interface NodeDamage {
  readonly ref: ValueRef;
  readonly damage: number;
}

/** Samples for the first look at every node, and for the second look at the worst. */
const FIRST_SAMPLES = 8;
const SECOND_SAMPLES = 32;
/** Nodes that are looked at twice. */
const SECOND_NODES = 12;

/**
 * Nodes by damage, largest first. `measure` scores a variant in which only these nodes are quantized, on so
 * many samples. Nodes that the time did not suffice for are last, with damage 0.
 */
export async function rankNodes(
  nodes: readonly ValueRef[],
  measure: (quantized: ReadonlySet<string>, samples: number) => Promise<Score>,
  deadline: Deadline,
): Promise<readonly NodeDamage[]> {
  const damages = new Map<string, number>();
  const look = async (refs: readonly ValueRef[], samples: number): Promise<void> => {
    for (const ref of refs) {
      if (deadline.isOver) return;
      const key = keyOf(ref);
      damages.set(key, (await measure(new Set([key]), samples)).damage);
    }
  };
  const ranked = (): NodeDamage[] =>
    nodes
      .map((ref) => ({ ref, damage: damages.get(keyOf(ref)) ?? 0 }))
      .sort((a, b) => b.damage - a.damage);
  await look(nodes, FIRST_SAMPLES);
  await look(
    ranked()
      .slice(0, SECOND_NODES)
      .map(({ ref }) => ref),
    SECOND_SAMPLES,
  );
  return ranked();
}
