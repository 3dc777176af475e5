/**
 * A nightly look at 1,000 published models with five runs each, over the S3 and Step Functions emulators: what it costs
 * while nothing changed, and whether another onnxruntime makes all and only the affected start.
 */

import { s3Client } from '../functions/adapters/clients.ts';
import { S3Objects } from '../functions/adapters/s3-objects.ts';
import { lookAgain } from '../functions/rerun/look-again.ts';
import { jobKeyOf, type RequestDraft, requestKey } from '../shared/pipeline/distributed/request.ts';
import { currentToolchain, type Toolchain } from '../shared/pipeline/distributed/toolchain.ts';
import { startS3 } from '../test/emulators/s3/start-s3.ts';
import { startStates } from '../test/emulators/states/start-states.ts';

const MODELS = 1000;
/** Of another version of onnxruntime, in the second look. */
const AFFECTED = 100;
const RUNS = 5;
/** Report, page, manifest, five artifacts. */
const FILES = 8;
const BAR_SECONDS = 20;
const AT_ONCE = 64;

const started: string[] = [];
await using s3 = await startS3();
await using states = await startStates({
  onStatus: ({ status, options }) => {
    if (status === 'RUNNING') started.push(options.input);
  },
});
const machine = (name: string): string =>
  states.service.createMachine(
    name,
    JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Done',
      States: { Done: { Type: 'Succeed' } },
    }),
    'arn:aws:iam::123456789012:role/bench',
  );
const lane = { memoryMb: 3538, seconds: 900 };
Object.assign(process.env, {
  AWS_ENDPOINT_URL_S3: s3.endpoint,
  AWS_ENDPOINT_URL_SFN: states.endpoint,
  AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  AWS_REGION: s3.region,
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
  FETTLE_INBOX: 'inbox',
  FETTLE_OUTBOX: 'outbox',
  FETTLE_OPTIMIZE_ARN: machine('optimize'),
  FETTLE_GATHER_ARN: machine('gather'),
  FETTLE_MAX_JOBS: '1000',
  FETTLE_QUIET_SECONDS: '1',
  FETTLE_KEEP_RUNS: String(RUNS),
  FETTLE_EVENT_BUS: 'default',
  FETTLE_LATENCY: 'off',
  FETTLE_LANES: JSON.stringify({ work: lane, measure: lane }),
});
const client = s3Client();
const inbox = new S3Objects(client, 'inbox');
const outbox = new S3Objects(client, 'outbox');
for (const bucket of ['inbox', 'outbox']) s3.createBucket(bucket);
const now = await currentToolchain();
const old: Toolchain = { ...now, runtime: 'onnxruntime-node 1.0.0' };

/** A model with its pointer, as `publish` leaves it. */
async function publish(name: string, toolchain: Toolchain): Promise<void> {
  const key = `${name}.keras`;
  const written = await inbox.put(key, name);
  const draft: RequestDraft = {
    name,
    inbox: 'inbox',
    prefix: '',
    model: [{ key, etag: written?.etag ?? '', bytes: name.length }],
    modelPath: key,
    data: [],
    sourceVersion: '2026-01-01T00:00:00.000Z',
    reason: 'upload',
    toolchain,
  };
  const jobKey = jobKeyOf(draft);
  const request = requestKey(jobKey);
  await outbox.put(request, JSON.stringify({ ...draft, schema: 'fettle.request/1', attempt: 1 }));
  const run = `models/${name}/runs/0-${jobKey.slice(0, 12)}`;
  const pointer = { run, publishedAt: draft.sourceVersion, verdict: 'ok', files: {} };
  const { sourceVersion } = draft;
  await outbox.put(
    `models/${name}/latest.json`,
    JSON.stringify({ ...pointer, sourceVersion, request, jobKey, toolchain }),
  );
}

async function inGroups(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < count; at += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => work(at + index)),
    );
}

const nameOf = (index: number): string => `team-${index % 7}/model-${index}`;
await inGroups(MODELS, (index) => publish(nameOf(index), now));
await inGroups(MODELS * RUNS * FILES, (index) => {
  const model = nameOf(index % MODELS);
  const run = Math.floor(index / MODELS);
  return outbox.put(`models/${model}/runs/${run % RUNS}/${Math.floor(run / RUNS)}.json`, '{}');
});

/** Seconds of one look, and what it started. */
async function look(id: string): Promise<{ seconds: number; looked: number; names: Set<string> }> {
  started.length = 0;
  const begun = performance.now();
  const context = { getRemainingTimeInMillis: () => 900_000, awsRequestId: id };
  const answer = await lookAgain({ reason: 'scheduled' }, context);
  const names = started.map((input) => String(JSON.parse(input).name));
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, looked: answer.rerun.looked, names: new Set(names) };
}

const calm = await look('calm');
await inGroups(AFFECTED, (index) => publish(nameOf(index * 7), old));
const changed = await look('changed');
const wanted = Array.from({ length: AFFECTED }, (_, index) => nameOf(index * 7));
const exact = changed.names.size === AFFECTED && wanted.every((name) => changed.names.has(name));

console.log(
  `| look at ${MODELS} models, ${MODELS * (RUNS * FILES + 1)} objects | seconds | started |`,
);
console.log('|---|---|---|');
console.log(`| nothing changed | ${calm.seconds.toFixed(1)} | ${calm.names.size} |`);
console.log(
  `| ${AFFECTED} made by another onnxruntime | ${changed.seconds.toFixed(1)} | ${changed.names.size}${exact ? ', those' : ', NOT those'} |`,
);
const holds =
  calm.seconds < BAR_SECONDS && calm.names.size === 0 && calm.looked === MODELS && exact;
console.log(
  holds
    ? `the bar holds: < ${BAR_SECONDS} s, nothing started`
    : `the bar is broken: < ${BAR_SECONDS} s, all and only the affected`,
);
process.exitCode = holds ? 0 : 1;
