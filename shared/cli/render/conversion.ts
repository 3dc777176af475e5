/** A conversion as one line, and a line for each output that was compared. */
import type { OutputCheck } from '../../measure/check-output.ts';
import type { Conversion } from '../../pipeline/convert.ts';
import type { Divergence } from '../../pipeline/verify/first-divergence.ts';
import { formatBytes, formatNumber } from '../../report/numbers.ts';
import { visibleText } from '../../report/visible-text.ts';

/** What a check names when data brought the outputs that are right. */
const GOLDEN = 'golden outputs';

/** `model.ort  45.0 kB  agrees with onnxruntime …`, newline included. */
export function conversionLine({ out, bytes, check }: Conversion): string {
  const parts = [out, formatBytes(bytes)];
  const lines: string[] = [];
  if (!check) parts.push('not verified');
  else if (check.status === 'not verified')
    parts.push(`not verified: ${visibleText(check.reason)}`);
  else {
    const on = `${check.samples} ${check.synthetic ? 'synthetic input' : 'sample'}${check.samples === 1 ? '' : 's'}`;
    parts.push(
      `${check.isWithinTolerance ? 'agrees' : 'DOES NOT AGREE'} with ${check.against} on ${on}, largest difference ${formatNumber(check.maxAbsError)}`,
    );
    for (const output of check.outputs) lines.push(outputLine(output));
    if (check.divergence) lines.push(divergenceLine(check.divergence));
    if (!check.isWithinTolerance) lines.push(adviceLine(check.against));
  }
  return `${[parts.join('  '), ...lines].join('\n')}\n`;
}

function outputLine({
  name,
  maxAbsError,
  tolerance,
  why,
  broken,
  isWithinTolerance,
}: OutputCheck): string {
  const found = `${isWithinTolerance ? 'ok' : 'DIFFERS'}  ${visibleText(name)}: difference ${formatNumber(maxAbsError)}, allowed ${formatNumber(tolerance)} (${why})`;
  return `  ${found}${broken > 0 ? `; ${broken} elements cannot be compared (NaN or infinite on one side alone, or another shape)` : ''}`;
}

/** What to do next: golden outputs may be at fault, a runtime of the source is not. */
const adviceLine = (against: string): string =>
  against === GOLDEN
    ? '  The file was written. Are the golden outputs those of this model, for these inputs? --check alone compares with a runtime of its own format.'
    : '  The file was written; do not use it. Please report this with the output of --json.';

function divergenceLine({ source, maxAbsError, tolerance, lastAgreeing }: Divergence): string {
  const before = lastAgreeing === undefined ? '' : `; "${lastAgreeing}" before it still agrees`;
  return visibleText(
    `  first differs at "${source}": ${formatNumber(maxAbsError)}, allowed ${formatNumber(tolerance)}${before}`,
  );
}
