/**
 * The functions' folder as `npm run build:functions` makes it: its size, and how fast each function starts in it under
 * AWS's runtime interface client (its native half replaced by JavaScript, see test/emulators/lambda).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ARCHITECTURES, findArchitecture } from '../scripts/functions/architecture.ts';
import { buildFolder } from '../scripts/functions/build-folder.ts';
import { folderBytes } from '../scripts/functions/folder-bytes.ts';
import { type FunctionSettings, startLambda } from '../test/emulators/lambda/start-lambda.ts';

const HANDLERS = ['ingest', 'gather', 'advance', 'publish', 'api', 'rerun', 'work', 'measure'];

const SIZE_BAR_MB = 90;
/** From the start of the process to the first line of the handler. Time in which others had the CPUs is not ours. */
const HANDLER_BAR_MS = 400;
/** The same, until onnxruntime has been loaded in a child process and answers. */
const RUNTIME_BAR_MS = 900;
/** New environments for each figure; the median counts, because the machine is not ours alone. */
const ROUNDS = 7;

/**
 * What a worker does first: starts the process that onnxruntime lives in, and asks it something. Gives for how many
 * ms both waited for a CPU.
 */
const probe = (folder: string): string => `
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ${JSON.stringify(pathToFileURL(join(folder, 'index.js')).href)};
const entry = new URL(${JSON.stringify(pathToFileURL(join(folder, 'shared/runtime/child/main.js')).href)});
const waited = (pid) => {
  try {
    return Number(readFileSync('/proc/' + pid + '/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
};
export const handler = () => new Promise((resolve, reject) => {
  const env = { ORT_DISABLE_TELEMETRY: '1' };
  const child = fork(entry, [], { serialization: 'advanced', execArgv: [], env });
  child.on('error', reject);
  child.on('message', ({ ok, message }) => {
    const ms = waited(process.pid) + waited(child.pid);
    child.disconnect();
    if (ok) resolve(ms);
    else reject(new Error(message));
  });
  child.send({ id: 1, kind: 'version', ask: {} });
});
`;

/** Lambda gives a function one CPU for each so many MB. */
const MB_OF_A_CPU = 1769;

/** What `ingest` loads at its first call, which Lambda does not speed up as it does the start of the process. */
const firstCall = (root: string): string => `
import { ingest } from ${JSON.stringify(pathToFileURL(join(root, 'index.js')).href)};
const before = process.cpuUsage();
await ingest({ Records: [] });
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
`;

/** Its environment: of a stack, as far as it is read. */
const STACK = {
  ...{ FETTLE_INBOX: 'i', FETTLE_OUTBOX: 'o', FETTLE_OPTIMIZE_ARN: 'a', FETTLE_GATHER_ARN: 'b' },
  ...{ FETTLE_MAX_JOBS: '5', FETTLE_QUIET_SECONDS: '1', FETTLE_KEEP_RUNS: '2' },
  ...{ FETTLE_EVENT_BUS: 'default', FETTLE_LATENCY: 'off', AWS_REGION: 'us-east-1' },
  FETTLE_LANES: '{"work":{"memoryMb":1,"seconds":1},"measure":{"memoryMb":1,"seconds":1}}',
};

/** Median over new processes. */
function firstCallMs(folder: string, root: string): number {
  const script = join(folder, 'first-call.mjs');
  writeFileSync(script, firstCall(root));
  const env = { ...process.env, ...STACK };
  const times = Array.from({ length: ROUNDS }, () =>
    Number(execFileSync(process.execPath, [script], { encoding: 'utf8', env })),
  );
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
}

interface Start {
  /** Both: the time by the clock, and how much of it the process waited for a CPU. */
  readonly wallMs: number;
  readonly waitedMs: number;
}

/** In a new environment, with nothing else under way. `until`: the handler's first line, or its answer. */
async function coldStart(settings: FunctionSettings, until: 'handler' | 'answer'): Promise<Start> {
  await using lambda = await startLambda({ functions: { one: settings } });
  const { durationMs, functionError, payload } = await lambda.invoke('one', {});
  const { initMs, handlerMs, waitedMs } = lambda.usage('one').coldStarts[0] ?? {};
  if (initMs === undefined || handlerMs === undefined || waitedMs === undefined)
    throw new Error(`${settings.handler} did not start: ${payload}`);
  if (until === 'handler') return { wallMs: handlerMs, waitedMs };
  if (functionError !== undefined) throw new Error(payload);
  return { wallMs: initMs + durationMs, waitedMs: Number(payload) };
}

async function coldStarts(
  settings: FunctionSettings,
  until: 'handler' | 'answer',
): Promise<readonly Start[]> {
  const starts: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) starts.push(await coldStart(settings, until));
  return starts;
}

function bar(what: string, text: string, value: number, limit: string): boolean {
  const isKept = value <= Number.parseFloat(limit);
  console.log(
    `  ${what.padEnd(20)} ${text.padEnd(44)} bar ≤ ${limit}  ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

function timeBar(what: string, starts: readonly Start[], limit: number): boolean {
  const own = median(starts.map(({ wallMs, waitedMs }) => wallMs - waitedMs));
  const wall = median(starts.map(({ wallMs }) => wallMs));
  const text = `${own.toFixed(0).padStart(4)} ms (${wall.toFixed(0)} ms with waits for busy CPUs)`;
  return bar(what, text, own, `${limit} ms`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(folder: string): Promise<boolean> {
  let holds = true;
  for (const architecture of ARCHITECTURES) {
    try {
      await buildFolder(architecture, join(folder, architecture.name));
    } catch (error) {
      // Binaries for another machine come from npm.
      if (architecture.cpu === process.arch) throw error;
      console.log(`  folder, ${architecture.name}: not measured, ${error}`);
      continue;
    }
    const megabytes = folderBytes(join(folder, architecture.name)) / 1e6;
    const text = `${megabytes.toFixed(1)} MB`;
    holds = bar(`folder, ${architecture.name}`, text, megabytes, `${SIZE_BAR_MB} MB`) && holds;
  }
  const own = findArchitecture(process.arch);
  if (!own) throw new Error(`functions run on x64 and arm64, not on ${process.arch}`);
  const root = join(folder, own.name);
  console.log(`\nmedian of ${ROUNDS} new environments, all CPUs of this machine\n`);
  for (const handler of HANDLERS) {
    const settings = { root, handler: `index.${handler}`, memory: 1024 };
    const starts = await coldStarts(settings, 'handler');
    holds = timeBar(`${handler} begins`, starts, HANDLER_BAR_MS) && holds;
  }
  const used = firstCallMs(folder, root);
  for (const memory of [256, 512, 1024]) {
    const ms = (used * MB_OF_A_CPU) / Math.min(memory, MB_OF_A_CPU);
    console.log(
      `  ingest, first call with ${memory} MB: ${used.toFixed(0)} ms of a CPU, ${ms.toFixed(0)} ms`,
    );
  }
  writeFileSync(join(folder, 'probe.mjs'), probe(root));
  const settings = { root: folder, handler: 'probe.handler', memory: 3538, timeout: 30 };
  const starts = await coldStarts(settings, 'answer');
  return timeBar('onnxruntime answers', starts, RUNTIME_BAR_MS) && holds;
}

const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
try {
  if (!(await main(folder))) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
