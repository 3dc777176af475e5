/**
 * The report of a published run, as whoever may not fail over it reads it: a newer Fettle may have written it, and one
 * that was rolled back still has to publish and to list.
 */
import { z } from 'zod';
import { type Report, reportSchema } from '../../report/schema.ts';
import type { ObjectStore } from './object-store.ts';

/** `unread`: there is one that this version does not understand. */
export type RunReport =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'unread' | 'none' };

const anyVersionSchema = z.looseObject({ schema: z.string().regex(/^fettle\.report\/\d+$/) });

/** A later form of the report counts as far as it holds what this one needs; what it has besides is left out. */
export async function readRunReport(objects: ObjectStore, run: string): Promise<RunReport> {
  const found = await objects.get(`${run}/report.json`);
  if (!found) return { kind: 'none' };
  const written = anyVersionSchema.safeParse(jsonOf(found.bytes));
  if (!written.success) return { kind: 'unread' };
  const { schema } = reportSchema.shape;
  const parsed = reportSchema.safeParse({ ...written.data, schema: schema.value });
  return parsed.success ? { kind: 'report', report: parsed.data } : { kind: 'unread' };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
