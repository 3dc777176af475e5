/** One call of `ingest`: a look at the prefix of each upload is started, to be taken when that has been quiet. */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { digestJson, hexOf } from '../../shared/base/digest.ts';
import { READY_MARK } from '../../shared/pipeline/distributed/drop.ts';
import type { Executions } from '../../shared/pipeline/distributed/executions.ts';
import type { GatherState } from '../../shared/pipeline/distributed/gather.ts';
import { baseOf, folderOf, keyProblem } from '../../shared/pipeline/distributed/object-key.ts';
import { shownName } from '../../shared/report/visible-text.ts';
import { takeMessages } from '../adapters/queue-batch.ts';
import { StateMachineExecutions, statesClient } from '../adapters/step-functions.ts';
import { createTelemetry, type Telemetry } from '../adapters/telemetry.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type Upload, uploadsOf } from './uploads-of.ts';

export interface IngestPorts {
  /** Of the machine that gathers. */
  readonly gathers: Executions;
  readonly telemetry: Telemetry;
  readonly settings: Pick<Settings, 'inbox' | 'outbox' | 'quietSeconds'>;
}

/** Messages that fail come again; the others are done with. */
export async function takeUploads(
  event: SQSEvent,
  ports: IngestPorts = openPorts(),
): Promise<SQSBatchResponse> {
  const last = lastOfEachFolder(event.Records, ports.settings.inbox);
  return takeMessages(event, async (body) => {
    for (const upload of uploadsOf(body)) await takeUpload(upload, last, ports);
  });
}

let opened: IngestPorts | undefined;

function openPorts(): IngestPorts {
  if (opened) return opened;
  const settings = readSettings();
  const gathers = new StateMachineExecutions(statesClient(), settings.gatherArn);
  opened = { settings, gathers, telemetry: createTelemetry('ingest') };
  return opened;
}

async function takeUpload(
  upload: Upload,
  last: ReadonlyMap<string, Upload>,
  { gathers, telemetry, settings }: IngestPorts,
): Promise<void> {
  const { bucket, key, time, mark } = upload;
  const reason = refusal(upload, settings);
  if (reason !== undefined) {
    telemetry.info(`${shownName(key)} is ignored: ${reason}`);
    telemetry.metric('ObjectsIgnored', 1);
    return;
  }
  // A folder, as consoles make them.
  if (key.endsWith('/')) return;
  const isReady = baseOf(key) === READY_MARK;
  const later = last.get(folderOf(key));
  // What arrived later in the same folder is looked at with all that came before.
  if (!isReady && later && isBefore(upload, later)) return;
  const state: GatherState = { key, time, seconds: isReady ? 0 : settings.quietSeconds };
  // The event that comes twice has the same name.
  const name = hexOf(digestJson([bucket, key, mark])).slice(0, 40);
  const answer = await gathers.start(name, state);
  telemetry.debug(`${shownName(key)}: ${answer}`);
}

/** Why an object is none of ours. */
function refusal(
  { bucket, key }: Upload,
  { inbox, outbox }: IngestPorts['settings'],
): string | undefined {
  if (bucket === outbox) return 'it lies in the outbox';
  if (bucket !== inbox) return `it lies in another bucket, ${bucket}`;
  return keyProblem(key);
}

/** Of the messages of one call. Those that cannot be read fail by themselves. */
function lastOfEachFolder(
  records: readonly SQSRecord[],
  inbox: string,
): ReadonlyMap<string, Upload> {
  const last = new Map<string, Upload>();
  for (const { body } of records) {
    for (const upload of readable(body)) {
      if (upload.bucket !== inbox || upload.key.endsWith('/') || baseOf(upload.key) === READY_MARK)
        continue;
      const folder = folderOf(upload.key);
      const known = last.get(folder);
      if (!known || isBefore(known, upload)) last.set(folder, upload);
    }
  }
  return last;
}

function readable(body: string): Upload[] {
  try {
    return uploadsOf(body);
  } catch {
    return [];
  }
}

/** In the order in which one look makes another unnecessary: by seconds, then keys; see `list-home.ts`. */
function isBefore(a: Upload, b: Upload): boolean {
  const [first, second] = [a, b].map(({ time }) => Math.floor(Date.parse(time) / 1000));
  return first === second ? a.key < b.key : (first ?? 0) < (second ?? 0);
}
