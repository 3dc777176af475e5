/**
 * The functions' folder as `npm run build:functions` makes it: its size, and how fast each function starts in it under
 * AWS's runtime interface client (its native half replaced by JavaScript, see test/emulators/lambda).
 */
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
/** From the start of the process to the first line of the handler. */
const HANDLER_BAR_MS = 400;
/** The same, until onnxruntime has been loaded in a child process and answers. */
const RUNTIME_BAR_MS = 900;
/** New environments for each figure; the median counts, because the machine is not ours alone. */
const ROUNDS = 7;

/** What a worker does first: starts the process that onnxruntime lives in, and asks it something. */
const probe = (folder: string): string => `
import { fork } from 'node:child_process';
import ${JSON.stringify(pathToFileURL(join(folder, 'index.js')).href)};
const entry = new URL(${JSON.stringify(pathToFileURL(join(folder, 'shared/runtime/child/main.js')).href)});
export const handler = () => new Promise((resolve, reject) => {
  const env = { ORT_DISABLE_TELEMETRY: '1' };
  const child = fork(entry, [], { serialization: 'advanced', execArgv: [], env });
  child.on('error', reject);
  child.on('message', ({ ok, answer, message }) => {
    child.disconnect();
    if (ok) resolve(answer);
    else reject(new Error(message));
  });
  child.send({ id: 1, kind: 'version', ask: {} });
});
`;

interface Start {
  readonly handlerMs: number;
  /** Until the first event was answered. */
  readonly answeredMs: number;
  readonly failed: boolean;
}

/** In a new environment, with nothing else under way. */
async function coldStart(settings: FunctionSettings): Promise<Start> {
  await using lambda = await startLambda({ functions: { one: settings } });
  const { durationMs, functionError } = await lambda.invoke('one', {});
  const [cold] = lambda.usage('one').coldStarts;
  if (cold?.handlerMs === undefined) throw new Error(`${settings.handler} did not start`);
  return {
    handlerMs: cold.handlerMs,
    answeredMs: cold.initMs + durationMs,
    failed: functionError !== undefined,
  };
}

async function coldStarts(settings: FunctionSettings): Promise<readonly Start[]> {
  const starts: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) starts.push(await coldStart(settings));
  return starts;
}

function bar(what: string, value: number, limit: number, unit: string, note = ''): boolean {
  const isKept = value <= limit;
  console.log(
    `  ${what.padEnd(22)} ${value.toFixed(unit === 'MB' ? 1 : 0).padStart(6)} ${unit}${note}  bar ≤ ${limit} ${unit}  ${isKept ? 'holds' : 'BROKEN'}`,
  );
  return isKept;
}

function timeBar(what: string, times: readonly number[], limit: number): boolean {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const range = ` (${sorted[0]?.toFixed(0)}–${sorted.at(-1)?.toFixed(0)})`.padEnd(12);
  return bar(what, median, limit, 'ms', range);
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
    holds = bar(`folder, ${architecture.name}`, megabytes, SIZE_BAR_MB, 'MB') && holds;
  }
  const own = findArchitecture(process.arch);
  if (!own) throw new Error(`functions run on x64 and arm64, not on ${process.arch}`);
  const root = join(folder, own.name);
  console.log(`\nmedian of ${ROUNDS} new environments, all CPUs of this machine\n`);
  for (const handler of HANDLERS) {
    const starts = await coldStarts({ root, handler: `index.${handler}`, memory: 1024 });
    const times = starts.map(({ handlerMs }) => handlerMs);
    holds = timeBar(`${handler} begins`, times, HANDLER_BAR_MS) && holds;
  }
  writeFileSync(join(folder, 'probe.mjs'), probe(root));
  const starts = await coldStarts({
    root: folder,
    handler: 'probe.handler',
    memory: 3538,
    timeout: 30,
  });
  if (starts.some(({ failed }) => failed)) throw new Error('onnxruntime did not answer');
  const answered = starts.map(({ answeredMs }) => answeredMs);
  return timeBar('onnxruntime answers', answered, RUNTIME_BAR_MS) && holds;
}

const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
try {
  if (!(await main(folder))) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
