/**
 * Models dropped into the inbox of the emulated stack at once, while 5 % of invocations are killed, 10 % throttled and
 * every event is delivered twice: every result, each once, none wrong. `FETTLE_BENCH_MODELS=20` takes fewer than 200.
 */
import { makeTempDir, removeTempDir } from '../shared/base/files.ts';
import { calmly, runSwarm } from '../test/e2e/_swarm.ts';

const models = Number(process.env.FETTLE_BENCH_MODELS ?? 200);
/** Of Lambda on x86-64 in us-east-1, $ a GB-second. Source: aws.amazon.com/lambda/pricing. */
const PRICE = 0.0000166667;

const faults = { seed: 11, throttle: 0.1, kill: 0.05, duplicate: 1 };
const outcome = await runSwarm({ models, faults });
const folder = makeTempDir('calm');
const calm = await calmly(models, folder);
removeTempDir(folder);

const wrong = [...calm].filter(
  ([name, files]) => JSON.stringify(files) !== JSON.stringify(outcome.files.get(name)),
);
const several = [...outcome.runs.values()].filter((runs) => runs.length !== 1);
const { seconds, invocations, gbSeconds, openUploads } = outcome;
const figures: readonly (readonly [string, number, number])[] = [
  ['missing or other than on one machine', wrong.length, 0],
  ['models with more than one run', several.length, 0],
  ['multipart uploads left over', openUploads.length, 0],
];
console.log(
  `${models} models: ${seconds.toFixed(0)} s, ${invocations} invocations, ${gbSeconds.toFixed(0)} GB-s: $${((gbSeconds * PRICE) / models).toFixed(5)} a model`,
);
for (const [what, count, bar] of figures) {
  console.log(`  ${what.padEnd(40)} ${count}   bar ${bar}  ${count === bar ? 'holds' : 'BROKEN'}`);
  if (count !== bar) process.exitCode = 1;
}
