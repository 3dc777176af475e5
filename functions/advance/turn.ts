/** One call of `advance`: a turn of a job, or a note that a shard failed where its worker could not say so. */
import { z } from 'zod';
import { DefectError } from '../../shared/base/errors.ts';
import { withTempDir } from '../../shared/base/files.ts';
import { advanceRound } from '../../shared/pipeline/distributed/advance-round.ts';
import {
  comparisonOfRequest,
  readComparison,
} from '../../shared/pipeline/distributed/comparison.ts';
import {
  type Execution,
  ExecutionKeys,
  readExecution,
} from '../../shared/pipeline/distributed/execution.ts';
import { putPlan } from '../../shared/pipeline/distributed/execution-plan.ts';
import { joinChunks } from '../../shared/pipeline/distributed/join-chunks.ts';
import { openComparison } from '../../shared/pipeline/distributed/open-comparison.ts';
import { type OpenOptions, openJob } from '../../shared/pipeline/distributed/open-job.ts';
import type { Shard } from '../../shared/pipeline/distributed/order.ts';
import { type InputObject, readRequest } from '../../shared/pipeline/distributed/request.ts';
import { createTelemetry } from '../adapters/telemetry.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type AwsSite, openSite } from '../site.ts';
import { stateErrorSchema } from '../state-error.ts';
import { keepSigned } from './keep-signed.ts';
import { keepError } from './kept-error.ts';
import { noteFailure } from './note-failure.ts';

const carriedSchema = z.object({
  request: z.string(),
  name: z.string(),
  attempt: z.int(),
  round: z.int().min(0),
});
type Carried = z.infer<typeof carriedSchema>;

const turnSchema = carriedSchema.extend({ action: z.literal('advance'), execution: z.string() });

const failedSchema = z.object({
  action: z.literal('failed'),
  execution: z.string(),
  id: z.string(),
  error: stateErrorSchema,
});

const eventSchema = z.discriminatedUnion('action', [turnSchema, failedSchema]);

/** An inline map runs at most so many at once; more shards lie in an object. */
const MAX_INLINE_SHARDS = 40;

/** An answer goes through the state machine, which takes 256 KiB of everything together. */
const MAX_INLINE_BYTES = 128 * 1024;

/**
 * S3 tells the digest of so much within the 900 s of this function: 16,384 chunks, 32 at a time, at a second and a half
 * each.
 */
export const MAX_JOB_BYTES = 2 ** 40;

export type AdvanceAnswer = Carried &
  (
    | { readonly next: 'inline'; readonly shards: readonly Shard[] }
    | { readonly next: 'distributed'; readonly manifest: string }
    | { readonly next: 'publish' }
  );

/** @throws what is wrong with the job, after it was kept for whoever publishes the error */
export async function takeTurn(event: unknown): Promise<AdvanceAnswer | null> {
  const message = eventSchema.parse(event);
  const telemetry = createTelemetry('advance');
  telemetry.about({ execution: message.execution });
  return withTempDir('advance', async (folder) => {
    const settings = readSettings();
    const site = openSite(settings, telemetry, `${folder}/cache`);
    const keys = new ExecutionKeys(message.execution);
    if (message.action === 'failed') {
      await noteFailure(message.id, message.error, keys, site.objects);
      return null;
    }
    telemetry.about({ execution: message.execution, model: message.name });
    try {
      return await turn(message, keys, { ...site, settings }, `${folder}/job`);
    } catch (error) {
      telemetry.error('the job failed', error);
      await keepError(error, keys, site.objects);
      throw error;
    }
  });
}

async function turn(
  { action: _, execution: name, ...carried }: z.infer<typeof turnSchema>,
  keys: ExecutionKeys,
  site: AwsSite & { readonly settings: Settings },
  folder: string,
): Promise<AdvanceAnswer> {
  const execution = await openExecution(carried.request, keys, site, folder);
  const next = await advanceRound(execution, keys, carried.round, site);
  if (next.next === 'publish') return { ...carried, next: 'publish' };
  const { shards } = next;
  site.log.info(`round ${carried.round}: ${shards.length} shards`);
  await keepSigned({ execution: name, ...carried }, shards, site.settings);
  const text = JSON.stringify(shards);
  if (shards.length <= MAX_INLINE_SHARDS && text.length <= MAX_INLINE_BYTES)
    return { ...carried, next: 'inline', shards };
  const manifest = keys.manifest(carried.round);
  await site.objects.put(manifest, text);
  return { ...carried, next: 'distributed', manifest };
}

/** What is known of the job: looked at once, the first time. */
async function openExecution(
  requestKey: string,
  keys: ExecutionKeys,
  site: AwsSite,
  folder: string,
): Promise<Execution> {
  const { objects } = site;
  const known = await readExecution(objects, keys);
  if (known) return known;
  const options = {
    requestKey,
    startedAt: new Date().toISOString(),
    folder,
    maxBytes: MAX_JOB_BYTES,
  };
  const execution = await openFirst(requestKey, site, options);
  if (execution.kind === 'optimize') await putPlan(execution, keys.plan, site);
  const won = await objects.put(keys.job, JSON.stringify(execution), { ifNoneMatch: '*' });
  return won ? execution : ((await readExecution(objects, keys)) ?? execution);
}

async function openFirst(
  requestKey: string,
  { objects, inbox, store, addresses, outbox }: AwsSite,
  options: OpenOptions,
): Promise<Execution> {
  const comparison = comparisonOfRequest(requestKey);
  if (comparison === undefined) {
    const found = await readRequest(objects, requestKey);
    if (!found) throw new DefectError(`there is no ${requestKey}`);
    const { inbox: bucket } = found.request;
    const digestOf = ({ key, versionId, bytes }: InputObject) =>
      store.digestOf({ bucket, key, bytes, ...(versionId !== undefined && { versionId }) });
    return openJob(found.request, inbox, { ...options, digestOf });
  }
  const found = await readComparison(objects, comparison);
  if (!found) throw new DefectError(`there is no ${requestKey}`);
  await joinChunks(found.request, store);
  const { blobKey } = addresses;
  return openComparison(found.request, { ...options, objects, bucket: outbox, blobKey });
}
