/** What `models/<name>/latest.json` and `candidate.json` say of the jobs that they come from. */
import { z } from 'zod';
import type { ObjectStore } from './object-store.ts';
import { toolchainSchema } from './toolchain.ts';

/** As much of a pointer as the inbox side reads. */
const pointerSchema = z.object({
  /** Key of the request in the outbox. */
  request: z.string(),
  toolchain: toolchainSchema,
});
export type Pointer = z.infer<typeof pointerSchema>;

export const POINTERS = ['latest', 'candidate'] as const;

export const pointerKey = (name: string, pointer: (typeof POINTERS)[number]): string =>
  `models/${name}/${pointer}.json`;

/** `undefined` where there is none, or one of an older form. */
export async function readPointer(outbox: ObjectStore, key: string): Promise<Pointer | undefined> {
  const found = await outbox.get(key);
  if (!found) return undefined;
  const json: unknown = JSON.parse(Buffer.from(found.bytes).toString('utf8'));
  const parsed = pointerSchema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

/** Whether the job of a request is what the model's latest or candidate run came from. */
export async function isPublished(
  outbox: ObjectStore,
  name: string,
  request: string,
): Promise<boolean> {
  for (const pointer of POINTERS) {
    const found = await readPointer(outbox, pointerKey(name, pointer));
    if (found?.request === request) return true;
  }
  return false;
}
