/** Objects that hold JSON. */
import type { z } from 'zod';
import type { ObjectInfo, ObjectStore } from './object-store.ts';

/** `undefined`: there is none. @throws when it is no JSON of that form: nobody but a defect writes another */
export async function readJson<T>(
  objects: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T; readonly info: ObjectInfo } | undefined> {
  const found = await objects.get(key);
  if (!found) return undefined;
  const json: unknown = JSON.parse(Buffer.from(found.bytes).toString('utf8'));
  return { value: schema.parse(json), info: found.info };
}
