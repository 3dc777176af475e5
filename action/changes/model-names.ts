/** What a model is called that no configuration names. */
import { nameOfKey } from '../../shared/pipeline/distributed/object-key.ts';
import { type Place, pathOf } from './places.ts';

/** By its path without the suffix; where that is taken, with it. `taken` grows. */
export function uniqueName(place: Place, taken: Set<string>): string {
  const path = pathOf(place);
  const names = [
    nameOfKey(place.candidate.kind === 'file' ? path : `${path}/`),
    nameOfKey(`${path}/`),
  ];
  const name = names.find((one) => !taken.has(one)) ?? `${names[1]}-${taken.size}`;
  taken.add(name);
  return name;
}
