/**
 * `int8` for `x64` by `fettle run`, as users run it, on labelled data: accuracy, size and latency against
 * float32, and how long the search took. What every sum of products can reach at most is proved in
 * `test/compress/quantize/int8/numbers/overflow.test.ts`: accuracy is the same on CPUs with and without VNNI.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelConfig } from '../shared/pipeline/config/schema.ts';
import { describeMachine } from '../shared/runtime/machine.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { facePhotographs, facesAgain } from './_faces.ts';
import { type Row, reported, writeConfig } from './_fettle-run.ts';
import {
  blazeFace,
  FASHION_MNIST,
  fashion,
  ocrLines,
  saturatingDigits,
  speechFrames,
} from './_labelled-data.ts';

interface Bar {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly isAtLeast: boolean;
}

const atLeast = (what: string, value: number, limit: number): Bar => ({
  what,
  value,
  limit,
  isAtLeast: true,
});
const atMost = (what: string, value: number, limit: number): Bar => ({
  what,
  value,
  limit,
  isAtLeast: false,
});

/** Absent where it was not measured: no bar holds then. */
const number = (value: number | undefined): number => value ?? Number.NaN;
const size = ({ size }: Row): number => number(size?.ratio);
const speedup = ({ latency }: Row): number => 1 / number(latency?.ratio);
/** Samples that float32 gets right, less those of int8. */
const lost = ({ accuracy }: Row): number =>
  Math.round((number(accuracy?.base) - number(accuracy?.value)) * number(accuracy?.samples));

interface Case {
  readonly name: string;
  readonly config: (folder: string) => Promise<ModelConfig>;
  readonly bars: (row: Row, out: string) => Promise<readonly Bar[]> | readonly Bar[];
  readonly needs?: string;
}

const faces = facePhotographs();
const SEARCH_MINUTES = 3;

const CASES: readonly Case[] = [
  {
    name: 'saturating-digits',
    config: saturatingDigits,
    bars: (row) => [atLeast('top-1', number(row.accuracy?.value), 0.96)],
  },
  {
    name: 'fashion',
    config: fashion,
    needs: FASHION_MNIST,
    bars: (row) => [atMost('points lost', -100 * number(row.accuracy?.difference), 0.5)],
  },
  {
    name: 'blazeface-front',
    config: async (folder) => blazeFace(folder, await faces),
    bars: async (_, out) => {
      const { evaluation } = await faces;
      const path = (variant: string): string => join(out, `blazeface-front.${variant}.onnx`);
      const { found, wanted } = await facesAgain(path('float32'), path('int8'), evaluation);
      return [atLeast('faces found', found / wanted, 0.97)];
    },
  },
  {
    name: 'silero-legacy',
    config: speechFrames,
    bars: (row) => [
      atMost('size', size(row), 0.45),
      atMost('points lost', -100 * number(row.accuracy?.difference), 0.5),
    ],
  },
  {
    name: 'ocr-rec',
    config: ocrLines,
    bars: (row) => [
      atMost('lines lost', lost(row), 1),
      atMost('size', size(row), 0.32),
      atLeast('speed-up', speedup(row), 1.1),
    ],
  },
];

async function main(wanted: readonly string[]): Promise<boolean> {
  const { cpu, features } = await describeMachine();
  console.log(`${cpu}: ${features.join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  let holds = true;
  try {
    for (const one of CASES) {
      if (wanted.length > 0 && !wanted.includes(one.name)) continue;
      if (one.needs !== undefined && !existsSync(one.needs)) {
        console.log(`\n${one.name}: left out, ${one.needs} is not there`);
        continue;
      }
      holds = (await measure(one, join(folder, one.name))) && holds;
    }
  } finally {
    rmSync(folder, { recursive: true });
    await closeSharedProcess();
  }
  return holds;
}

async function measure({ name, config, bars }: Case, folder: string): Promise<boolean> {
  mkdirSync(folder);
  const file = writeConfig(folder, name, { ...(await config(folder)), variants: ['int8'] });
  const out = join(folder, 'out');
  const started = performance.now();
  const row = reported('run', file, '-o', out).find((one) => one.name === 'int8');
  const minutes = (performance.now() - started) / 60_000;
  if (row?.status !== 'done') throw new Error(`${name}: int8 was not made: ${row?.reason}`);
  console.log(`\n${name}`);
  for (const line of said(row)) console.log(`  ${line}`);
  const all = [...(await bars(row, out)), atMost('minutes', minutes, SEARCH_MINUTES)];
  let holds = true;
  for (const { what, value, limit, isAtLeast } of all) {
    const isKept = isAtLeast ? value >= limit : value <= limit;
    holds &&= isKept;
    const bar = `${isAtLeast ? '≥' : '≤'} ${limit}`;
    console.log(
      `  ${what.padEnd(14)} ${value.toFixed(3).padStart(8)}  bar ${bar.padEnd(8)} ${isKept ? 'holds' : 'BROKEN'}`,
    );
  }
  return holds;
}

function said({ size, latency, accuracy, fidelity, notes }: Row): readonly string[] {
  const percent = (value: number | undefined): string => `${(100 * number(value)).toFixed(2)} %`;
  return [
    `size ${number(size?.ratio).toFixed(3)}, latency ${number(latency?.ratio).toFixed(3)} (${latency?.verdict})`,
    accuracy
      ? `${accuracy.metric} ${percent(accuracy.value)}, float32 ${percent(accuracy.base)}, ${accuracy.samples} samples: ${accuracy.verdict}`
      : `cosine ${number(fidelity?.cosine).toFixed(5)}, agreement ${percent(fidelity?.agreement)}`,
    ...(notes ?? []),
  ];
}

if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
