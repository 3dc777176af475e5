/**
 * The exact passes on the dev assets: nodes, time, latency. With `FETTLE_PEERS_PYTHON` (a Python that
 * has onnxslim and onnxsim) their results stand beside ours, and ours may be neither larger nor slower;
 * without it the nodes that they were found to leave stand in, and only the original is timed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FULL_PROTOCOL } from '../shared/measure/latency/protocol.ts';
import {
  judgeSamples,
  type LatencyCandidate,
  measureLatency,
} from '../shared/measure/latency/time.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { optimizeExact } from '../shared/passes/optimize-exact.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { DEV_MODELS } from './_dev-models.ts';
import { countNodes, KNOWN_NODES, KNOWN_TOOLS } from './_known-nodes.ts';

interface Result {
  readonly tool: string;
  readonly path: string;
  readonly nodes: number;
  readonly ms: number;
}

const python = process.env.FETTLE_PEERS_PYTHON;
const script = new URL('peers/simplify.py', import.meta.url).pathname;
const wanted = process.argv.slice(2);

async function ours(path: string, folder: string): Promise<Result> {
  using opened = openModel(path);
  const started = performance.now();
  const { model } = await optimizeExact(opened.model);
  const ms = performance.now() - started;
  const to = join(folder, 'fettle.onnx');
  writeModel(model, to);
  return { tool: 'fettle', path: to, nodes: countNodes(model), ms };
}

function peers(path: string, folder: string): Result[] {
  if (!python) return [];
  const output = execFileSync(python, [script, path, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.flatMap((line) => {
    const answer: { tool: string; path?: string; seconds?: number; error?: string } =
      JSON.parse(line);
    if (!answer.path) {
      console.log(`  ${answer.tool}: ${answer.error}`);
      return [];
    }
    using opened = openModel(answer.path);
    const nodes = countNodes(opened.model);
    return [{ tool: answer.tool, path: answer.path, nodes, ms: (answer.seconds ?? 0) * 1000 }];
  });
}

/** Prints each result against ours (for ours: against the original); how often a peer is better. */
async function compare(name: string, original: string, results: readonly Result[]) {
  const { feeds } = DEV_MODELS[name] ?? { feeds: {} };
  const [own, ...others] = results;
  if (!own) return 0;
  const candidate = (path: string): LatencyCandidate => ({ name: path, path, feeds });
  const protocol = { ...FULL_PROTOCOL, seconds: 30 };
  const { variants } = await measureLatency(
    candidate(own.path),
    [original, ...others.map(({ path }) => path)].map(candidate),
    { protocol },
  );
  let broken = 0;
  [{ tool: 'original', nodes: 0, ms: 0 }, ...others].forEach(({ tool, nodes, ms }, index) => {
    const outcome = variants[index];
    if (outcome?.status !== 'done') {
      console.log(`  ${tool.padEnd(9)} could not be timed`);
      return;
    }
    const { ratio, low, high, verdict } = judgeSamples(outcome.samples);
    const isLarger = tool !== 'original' && own.nodes > nodes;
    // The ratio is theirs / ours: theirs must not be faster.
    const isSlower = verdict === 'faster';
    if (isLarger || isSlower) broken++;
    const size = tool === 'original' ? '' : `${nodes} nodes, ${ms.toFixed(0)} ms`;
    const marks = `${isLarger ? ' FEWER NODES' : ''}${isSlower ? ' FASTER' : ''}`;
    console.log(
      `  ${tool.padEnd(9)} ${size.padEnd(20)} ${ratio.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}] of our latency: ${verdict}${marks}`,
    );
  });
  return broken;
}

/** Prints the nodes that others leave; how often those are fewer. */
function compareKnown(name: string, nodes: number): number {
  const known = Object.entries(KNOWN_NODES[name] ?? {});
  for (const [tool, theirs] of known)
    console.log(
      `  ${tool.padEnd(9)} ${theirs} nodes, as found once${theirs < nodes ? ' FEWER NODES' : ''}`,
    );
  return known.filter(([, theirs]) => theirs < nodes).length;
}

if (!python) {
  const tools = Object.entries(KNOWN_TOOLS).map((parts) => parts.join(' '));
  console.log(
    `FETTLE_PEERS_PYTHON names no Python with ${tools.join(' and ')}: their nodes are those found once, and they are not timed\n`,
  );
}
let broken = 0;
const root = mkdtempSync(join(tmpdir(), 'fettle-passes-'));
try {
  for (const [index, [name, { path }]] of Object.entries(DEV_MODELS).entries()) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
    const folder = join(root, String(index));
    mkdirSync(folder);
    const own = await ours(path, folder);
    using opened = openModel(path);
    console.log(
      `${name}: ${countNodes(opened.model)} → ${own.nodes} nodes in ${own.ms.toFixed(0)} ms`,
    );
    if (!python) broken += compareKnown(name, own.nodes);
    broken += await compare(name, path, [own, ...peers(path, folder)]);
  }
} finally {
  rmSync(root, { recursive: true });
  await closeSharedProcess();
}
const allHold = python
  ? 'none has fewer nodes, none is faster'
  : 'none has fewer nodes, the original is no faster';
console.log(broken === 0 ? allHold : `${broken} results of others are better than ours`);
process.exitCode = broken === 0 ? 0 : 1;
