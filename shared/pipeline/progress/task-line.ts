/** The text of one task, the same in both displays. */
import type { TaskEnd } from '../progress.ts';
import type { Progress } from '../step.ts';

/** `4.2 s`, `1 min 5 s`. */
export function elapsedText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `int8: quantize · 12 s of about 30 s · 64 of 128 samples` while it runs. */
export function runningText(
  title: string,
  seconds: number,
  expected: number,
  progress: Progress,
): string {
  const total = expectedTotal(seconds, expected, progress.fraction);
  const time = `${elapsedText(seconds)}${total === undefined ? '' : ` of about ${elapsedText(total)}`}`;
  return [title, time, ...(progress.detail === undefined ? [] : [progress.detail])].join(' · ');
}

/**
 * `int8: quantize · 28 s`, `int8: quantize · known`, `int4: skipped: …`. Why something failed is said once, at the
 * end: by the error that ends the command, or by a row of the report.
 */
export function endText(title: string, seconds: number, end: TaskEnd): string {
  switch (end.kind) {
    case 'done':
      return [title, elapsedText(seconds), ...(end.note === undefined ? [] : [end.note])].join(
        ' · ',
      );
    case 'cached':
      return `${title} · known from before`;
    case 'skipped':
      return `${title} · skipped: ${end.reason}`;
    case 'failed':
      return `${title} · failed`;
  }
}

/** From the fraction once it says something, else from the plan while that can still be true. */
function expectedTotal(
  seconds: number,
  planned: number,
  fraction: number | undefined,
): number | undefined {
  if (fraction !== undefined && fraction > 0.1 && fraction < 1) return seconds / fraction;
  return planned >= 2 && planned > seconds ? planned : undefined;
}
