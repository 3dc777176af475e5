/**
 * The fixtures of TensorFlow's formats, those of the slow test: each converted by the whole process of the built package
 * (`npm run build` first), its outputs held against those that TensorFlow gave.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import {
  digitsAccuracy,
  type Fixture,
  fixtureBar,
  fixtureErrors,
  fixturePath,
  hasIntegerInputs,
  referenceAccuracy,
  TENSORFLOW_FIXTURES,
} from '../test/e2e/_tensorflow-fixtures.ts';
import { runBuilt, unmeasurable } from './_whole-process.ts';

/** Of the reference's accuracy, in either direction: 2 of 450 samples. */
const ACCURACY_BAR = 0.005;

async function judge(fixture: Fixture, folder: string): Promise<boolean> {
  const out = join(folder, 'model.onnx');
  const { code, stderr, cpu, peak } = await runBuilt(
    ...['convert', fixturePath(fixture), '-o', out, '--quiet'],
  );
  const start = `${fixture.path.padEnd(48)} ${cpu.toFixed(2)} s CPU  ${peak.toFixed(0).padStart(3)} MB`;
  if (code !== 0) {
    console.log(`${start}  NOT CONVERTED: ${stderr.trim()}`);
    return false;
  }
  const errors = (await fixtureErrors(fixture, out)).map(({ error }) => error);
  const error = Math.max(...errors);
  const bar = fixtureBar(fixture);
  const accuracy = fixture.case === 'digits_cnn' ? await digitsAccuracy(out) : undefined;
  const isKept =
    error <= bar &&
    (accuracy === undefined || Math.abs(accuracy - referenceAccuracy) <= ACCURACY_BAR);
  const shown = accuracy === undefined ? '' : `  accuracy ${(accuracy * 100).toFixed(1)} %`;
  console.log(
    `${start}  ${error.toExponential(1)}  bar ≤ ${bar.toExponential(1)}  ${isKept ? 'holds' : 'BROKEN'}${shown}`,
  );
  return isKept;
}

async function main(): Promise<boolean> {
  const fixtures = TENSORFLOW_FIXTURES.filter((fixture) => !hasIntegerInputs(fixture));
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  let kept = 0;
  try {
    for (const fixture of fixtures) if (await judge(fixture, folder)) kept++;
  } finally {
    rmSync(folder, { recursive: true });
    await closeSharedProcess();
  }
  console.log(
    `\n${kept} of ${fixtures.length} give what TensorFlow gave (accuracy of its model ${(referenceAccuracy * 100).toFixed(1)} %): ` +
      `${kept === fixtures.length ? 'all hold' : 'BROKEN'}; ` +
      `files with 8-bit inputs (${TENSORFLOW_FIXTURES.length - fixtures.length}) are in the tests alone`,
  );
  return kept === fixtures.length;
}

const reason = unmeasurable();
if (reason) console.log(`not measured: ${reason}`);
else if (!(await main())) process.exitCode = 1;
