/** Both commits of a comparison, as people know them. */
import type { Comparison } from '../shared/report/schema.ts';
import type { States } from './changes/states.ts';

/** Without a base there is one commit alone. */
export function labelsOf({ base, head, pull }: States): Omit<Comparison, 'kind'> {
  const before = pull ? `${pull.baseRef} (merge base)` : 'before';
  return {
    ...(base !== undefined && { base: { label: before, commit: base } }),
    head: { label: pull ? `#${pull.number}` : 'head', commit: head },
  };
}
