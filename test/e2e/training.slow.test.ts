/** Training on a user's own Keras model, from the file to the page; and a run that is killed half way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseReport, type Report } from '../../shared/report/schema.ts';
import { makePlace, type Place, REPOSITORY, spawnFettle } from './fettle.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

function configure(of: Place, variants: string, epochs: number): void {
  for (const name of ['digits.keras', 'calibration.npz', 'test.npz'])
    copyFileSync(join(REPOSITORY, 'examples/digits', name), of.path(name));
  writeFileSync(
    of.path('fettle.yml'),
    `version: 1
models:
  digits:
    source: digits.keras
    data: { all: calibration.npz, evaluation: test.npz }
    variants: ${variants}
    train: { epochs: ${epochs} }
    seconds: 10ms
`,
  );
}

const reportOf = (of: Place): Report =>
  parseReport(JSON.parse(readFileSync(of.path('fettle-out/report.json'), 'utf8')), 'report.json');

test('every variant is a row with its curve, and files that are smaller', async () => {
  configure(place, '[pruned-90, sparse-2-4, slim-50, distilled, int8-qat, int4-qat]', 4);
  const { code, stdout, stderr } = await spawnFettle(place, ['run'], { timeout: 900_000 });
  expect(stderr).not.toMatch(/failed/);
  expect(code).toBe(0);
  expect(stdout).toContain('slim-50');
  const [model] = reportOf(place).models;
  const rows = new Map(model?.variants.map((row) => [row.name, row]));
  expect([...rows.values()].map(({ status }) => status)).toEqual(Array(7).fill('done'));
  for (const [name, row] of rows) {
    if (name === 'float32') continue;
    const [training] = row.training ?? [];
    expect(training?.epochs.length, name).toBeGreaterThan(0);
    expect(training?.samples).toBeGreaterThan(300);
    // They were judged on what nothing was trained or chosen on.
    expect(row.accuracy?.samples).toBe(450);
    expect(row.accuracy?.value, name).toBeGreaterThan(0.5);
  }
  expect(rows.get('slim-50')?.size?.ratio).toBeLessThan(0.6);
  expect(rows.get('int8-qat')?.size?.ratio).toBeLessThan(0.5);
  const pruned = rows.get('pruned-90')?.size;
  expect(pruned?.compressed?.zstd).toBeLessThan(0.5 * (pruned?.baseCompressed?.zstd ?? 0));
  expect(rows.get('distilled')?.training?.[0]?.withoutTeacher?.samples).toBe(450);
  const page = readFileSync(place.path('fettle-out/report.html'), 'utf8');
  expect(page.match(/class="curve checked" d=/g)?.length).toBeGreaterThanOrEqual(12);
}, 900_000);

test('a run that is killed in an epoch goes on with it, and gives what one that was not gives', async () => {
  configure(place, '[slim-50]', 6);
  const epochs = (): string[] => {
    const folder = join(place.store, 'steps/train-epoch');
    return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
  };
  const child = spawn(process.execPath, [join(REPOSITORY, 'shared/cli/main.ts'), 'run'], {
    cwd: place.folder,
    env: { ...process.env, FETTLE_STORE: place.store },
    stdio: 'ignore',
  });
  const records = (): string[] => epochs().filter((name) => name.endsWith('.json'));
  for (let tries = 0; records().length < 3; tries++) {
    if (tries > 2400) throw new Error('no third epoch within two minutes');
    await sleep(50);
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  const known = records().map((name) => join(place.store, 'steps/train-epoch', name));
  expect(known.length).toBeLessThan(6);
  const written = known.map((path) => statSync(path).mtimeMs);
  expect((await spawnFettle(place, ['run'], { timeout: 300_000 })).code).toBe(0);
  expect(known.map((path) => statSync(path).mtimeMs)).toEqual(written);
  const other = makePlace();
  configure(other, '[slim-50]', 6);
  expect((await spawnFettle(other, ['run'], { timeout: 300_000 })).code).toBe(0);
  const artifacts = [place, other].map((one) =>
    reportOf(one).models[0]?.variants.map(({ artifact }) => artifact?.sha256),
  );
  expect(artifacts[0]).toEqual(artifacts[1]);
  other.remove();
}, 600_000);
