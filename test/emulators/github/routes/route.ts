/** What a route is: the permission that it needs, and what it does. */
import type { Call, Reply } from '../call.ts';
import type { Permission } from '../world.ts';

export type Need = `${Permission}:${'read' | 'write'}`;

export interface Route {
  /** Any of these; none where every token may. */
  readonly needs: readonly Need[];
  /** Makes content: counts towards the secondary limit. */
  readonly isContent?: boolean;
  readonly run: (call: Call) => Reply;
}
