/** Where the items of a map come from, and what each becomes. */
import type { Json } from './json.ts';
import { StatesError } from './states-error.ts';
import { evaluateIn, type VisitOf } from './visit.ts';

/** The items that the state names or, without a name, its input. */
export async function itemsOf(visit: VisitOf<'Map'>): Promise<readonly Json[]> {
  const { state, checkpoint } = visit;
  const items = state.Items === undefined ? checkpoint.input : await evaluateIn(visit, state.Items);
  if (Array.isArray(items)) return items;
  throw new StatesError(
    'States.QueryEvaluationError',
    `The items of '${visit.name}' are no array: ${JSON.stringify(items).slice(0, 100)}`,
  );
}

/** Each item with what `ItemSelector` makes of it. */
export async function select(
  visit: VisitOf<'Map'>,
  items: readonly Json[],
): Promise<readonly { readonly value: Json; readonly input: Json }[]> {
  const { ItemSelector } = visit.state;
  if (ItemSelector === undefined) return items.map((value) => ({ value, input: value }));
  return Promise.all(
    items.map(async (value, Index) => {
      const context = { Map: { Item: { Index, Value: value } } };
      return { value, input: await evaluateIn(visit, ItemSelector, { context }) };
    }),
  );
}
