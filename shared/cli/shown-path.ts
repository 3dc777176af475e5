/** A path as people are told it. */
import { relative, sep } from 'node:path';

/** From `folder`, unless that leads up twice or is no shorter: then as it is, absolute. */
export function shownPath(path: string, folder: string): string {
  const short = relative(folder, path);
  const leadsFar = short.startsWith(`..${sep}..${sep}`);
  return short === '' || leadsFar || short.length >= path.length ? path : short;
}
