/**
 * `pruned-90` and `slim-50` of our CNN for Fashion-MNIST by `fettle run`, as users run it: retrained on 58,000
 * images, judged on the 10,000 test images, with three seeds. Latency is that of onnxruntime at a batch of 32.
 *
 * `npm run bench -- prune`; a seed takes as long as `--minutes` allows each of its two variants.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '../shared/runtime/machine.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import type { Row } from './_fettle-run.ts';
import { FASHION_MNIST, fashionTraining } from './_labelled-data.ts';
import { type Bars, judge, runVariants, timeBatch } from './_trained-variants.ts';

const SEEDS = [1, 2, 3];
const BATCH = 32;

const BARS: Readonly<Record<string, Bars>> = {
  'pruned-90': { 'points lost': [0.7, '≤'] },
  'slim-50': { 'points lost': [1, '≤'], size: [0.4, '≤'], 'speed-up': [1.5, '≥'] },
};

async function main(): Promise<boolean> {
  const { cpu, features } = await describeMachine();
  console.log(`${cpu}: ${features.join(', ')}`);
  if (!existsSync(FASHION_MNIST)) {
    console.log(
      `LEFT OUT: ${FASHION_MNIST} is not there (Debian's dataset-fashion-mnist; FETTLE_FASHION may name its folder)`,
    );
    return true;
  }
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    const config = await fashionTraining(folder);
    const rows: Row[] = [];
    for (const seed of SEEDS) {
      const own = join(folder, `seed-${seed}`);
      mkdirSync(own);
      const variants = Object.keys(BARS);
      const made = runVariants(own, 'fashion', { ...config, seed, variants });
      const slim = timeBatch(own, 'fashion', 'slim-50', `x=${BATCH},1,28,28`);
      rows.push(...made.map((row) => (row.name === 'slim-50' ? { ...row, ...slim } : row)));
    }
    return Object.entries(BARS)
      .map(([name, bars]) =>
        judge(
          name,
          rows.filter((row) => row.name === name),
          bars,
        ),
      )
      .every(Boolean);
  } finally {
    rmSync(folder, { recursive: true });
    await closeSharedProcess();
  }
}

if (!(await main())) process.exitCode = 1;
