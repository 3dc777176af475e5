/** Trained variants by `fettle run`, as users run it, and bars on what its report says of them. */
import { join } from 'node:path';
import type { ModelConfig } from '../shared/pipeline/config/schema.ts';
import { type Row, reported, writeConfig } from './_fettle-run.ts';

/** By the figure's name. */
export type Bars = Readonly<Partial<Record<Figure, readonly [limit: number, sign: '≤' | '≥']>>>;

type Figure = 'points lost' | 'size' | 'speed-up';

/** Absent where it was not measured: no bar holds then. */
const number = (value: number | undefined): number => value ?? Number.NaN;

const FIGURES: Readonly<Record<Figure, (row: Row) => number>> = {
  'points lost': ({ accuracy }) => -100 * number(accuracy?.difference),
  size: ({ size }) => number(size?.ratio),
  'speed-up': ({ latency }) => 1 / number(latency?.ratio),
};

/** The rows of one run in a folder of its own, said. */
export function runVariants(folder: string, name: string, config: ModelConfig): readonly Row[] {
  const file = writeConfig(folder, name, config);
  const started = performance.now();
  const variants = reported('run', file, '-o', join(folder, 'out'));
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  console.log(`\n${name}, seed ${config.seed}: ${minutes} minutes`);
  for (const row of variants.filter((one) => one.name !== 'float32'))
    for (const line of said(row)) console.log(`  ${line}`);
  return variants;
}

/** The latency of one of them beside float32, for inputs of another shape than that of the data. */
export function timeBatch(
  folder: string,
  name: string,
  variant: string,
  shape: string,
): Pick<Row, 'latency'> {
  const file = (which: string): string => join(folder, 'out', `${name}.${which}.onnx`);
  const base = ['--against', file('float32'), '--shape', shape];
  const latency = reported('measure', file(variant), ...base)
    .map((row) => row.latency)
    .find((one) => one?.ratio !== undefined);
  console.log(`  ${variant}, ${shape}: ${timeText(latency)} of the time`);
  return latency ? { latency } : {};
}

function said({ name, status, reason, size, latency, accuracy, notes }: Row): readonly string[] {
  if (status !== 'done') return [`${name} ${status}: ${reason}`];
  const percent = (value: number | undefined): string => `${(100 * number(value)).toFixed(2)} %`;
  const points = (value: number | undefined): string => (100 * number(value)).toFixed(2);
  return [
    `${name}: top-1 ${percent(accuracy?.value)}, ${points(accuracy?.difference)} points [${points(accuracy?.low)}, ${points(accuracy?.high)}]; size ${number(size?.ratio).toFixed(3)}; latency ${timeText(latency)}`,
    ...notes.map((note) => `  ${note}`),
  ];
}

function timeText(latency: Row['latency']): string {
  const [ratio, low, high] = [latency?.ratio, latency?.low, latency?.high].map((value) =>
    number(value).toFixed(3),
  );
  return `${ratio} [${low}, ${high}]`;
}

/** Every bar, on the mean over the seeds; the seeds stand beside it. One row a seed. */
export function judge(what: string, rows: readonly Row[], bars: Bars): boolean {
  console.log(`\n${what}: the mean of ${rows.length} seeds`);
  return Object.entries(bars)
    .map(([figure, [limit, sign]]) => {
      const values = rows.map(FIGURES[figure as Figure]);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const holds = sign === '≤' ? mean <= limit : mean >= limit;
      const each = values.map((value) => value.toFixed(3)).join(', ');
      console.log(
        `  ${figure.padEnd(12)} ${mean.toFixed(3).padStart(8)} (${each})  bar ${sign} ${limit}  ${holds ? 'holds' : 'BROKEN'}`,
      );
      return holds;
    })
    .every(Boolean);
}
