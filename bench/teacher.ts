/**
 * A third-party model that nobody gives labels for, trained against itself: BlazeFace of MediaPipe on photographs,
 * judged on other people. What it still finds, what it costs, and the memory of all that.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '../shared/runtime/machine.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { facePhotographs, facesAgain } from './_faces.ts';
import { CLI, rowsOf, writeConfig } from './_fettle-run.ts';
import { blazeFace } from './_labelled-data.ts';
import { runWhole } from './_whole-process.ts';

const VIEWS = 24;
const VARIANTS = ['slim-30', 'int8', 'int8-qat', 'slim-30+int8-qat'];
/** Minutes of training for each. */
const MINUTES = 5;
/** MB, of the largest process: what a model twenty times as large may take. */
const MEMORY = 3000;

async function main(): Promise<boolean> {
  const { cpu, features } = await describeMachine();
  console.log(`${cpu}: ${features.join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    // More people teach than judge.
    const photographs = await facePhotographs(VIEWS);
    const { source, data } = await blazeFace(folder, photographs);
    const [evaluation, training] = [data?.calibration, data?.evaluation];
    const file = writeConfig(folder, 'faces', {
      source,
      data: { ...(training && { training }), ...(evaluation && { evaluation }) },
      variants: VARIANTS,
      train: { minutes: MINUTES },
    });
    const out = join(folder, 'out');
    const cost = await runWhole(process.execPath, CLI, 'run', file, '-o', out, '--quiet');
    if (cost.code !== 0) throw new Error(cost.stderr);
    const report = join(out, 'report.json');
    const rows = rowsOf(readFileSync(report, 'utf8'), report);
    for (const { name, status, reason, size, latency, fidelity, notes } of rows) {
      if (name === 'float32') continue;
      console.log(
        `\n${name}: ${status} ${reason ?? ''}; cosine ${fidelity?.cosine?.toFixed(4)}; size ${size?.ratio?.toFixed(3)}; latency ${latency?.ratio?.toFixed(3)}`,
      );
      for (const note of notes) console.log(`  ${note}`);
      if (status !== 'done') continue;
      const path = (variant: string): string => join(out, `faces.${variant}.onnx`);
      await facesAgain(path('float32'), path(name), photographs.calibration);
    }
    const done = rows.length > 0 && rows.every(({ status }) => status === 'done');
    const holds = done && cost.peak <= MEMORY;
    console.log(
      `\nall variants made: ${done}; ${(cost.wall / 60).toFixed(1)} minutes; ${Math.round(cost.peak)} MB of the largest process (bar ${MEMORY}): ${holds ? 'holds' : 'BROKEN'}`,
    );
    return holds;
  } finally {
    rmSync(folder, { recursive: true });
    await closeSharedProcess();
  }
}

if (!(await main())) process.exitCode = 1;
