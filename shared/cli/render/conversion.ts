/** A conversion as one line, and a line for each output that was compared. */
import { isNanAlone, type OutputCheck } from '../../measure/check-output.ts';
import type { Conversion } from '../../pipeline/convert.ts';
import type { Divergence } from '../../pipeline/verify/first-divergence.ts';
import type { Compared, NotCompared } from '../../pipeline/verify/verify-conversion.ts';
import { formatBytes, formatNumber } from '../../report/numbers.ts';
import { visibleText } from '../../report/visible-text.ts';

/** `model.ort  45.0 kB  agrees with onnxruntime …`, newline included. */
export function conversionLine({ out, bytes, check }: Conversion): string {
  const parts = [out, formatBytes(bytes)];
  const lines: string[] = [];
  if (!check) parts.push('not verified');
  else if (check.status === 'not verified')
    parts.push(`not verified: ${visibleText(check.reason)}`);
  else {
    const on = `${check.samples} ${check.synthetic ? 'synthetic input' : 'sample'}${check.samples === 1 ? '' : 's'}`;
    parts.push(`${verb(check)} with ${check.against} on ${on}, ${largest(check)}`);
    lines.push(...comparisonLines(check));
    if (check.remark !== undefined) lines.push(`  note: ${check.remark}`);
    if (check.reference) lines.push(...referenceLines(check.reference));
    else if (!check.isWithinTolerance) lines.push(`  ${DO_NOT_USE}`);
  }
  return `${[parts.join('  '), ...lines].join('\n')}\n`;
}

const verb = ({ isWithinTolerance }: Compared): string =>
  isWithinTolerance ? 'agrees' : 'DOES NOT AGREE';

/** Where nothing could be compared there is no difference, not even 0. */
const largest = ({ outputs, maxAbsError }: Compared): string =>
  outputs.some(({ compared }) => compared > 0)
    ? `largest difference ${formatNumber(maxAbsError)}`
    : 'no element can be compared';

/** Every output, and where they first differ. */
function comparisonLines({ outputs, divergence }: Compared): string[] {
  return [...outputs.map(outputLine), ...(divergence ? [divergenceLine(divergence)] : [])];
}

function outputLine(output: OutputCheck): string {
  const { name, maxAbsError, tolerance, why, broken, nan, compared, isWithinTolerance } = output;
  const shown = visibleText(name);
  if (isNanAlone(output))
    return `  NO PROOF  ${shown}: NaN everywhere on both sides, whatever the model computes`;
  const difference =
    compared > 0 || broken === 0
      ? [`difference ${formatNumber(maxAbsError)}, allowed ${formatNumber(tolerance)} (${why})`]
      : [];
  const parts = [
    ...difference,
    ...(broken > 0 ? [`${broken} elements cannot be compared (${BROKEN})`] : []),
    ...(nan > 0 ? [`${nan} elements are NaN on both sides, which proves nothing of them`] : []),
  ];
  return `  ${isWithinTolerance ? 'ok' : 'DIFFERS'}  ${shown}: ${parts.join('; ')}`;
}

const BROKEN = 'NaN or infinite on one side alone, or another shape';

const DO_NOT_USE =
  'The file was written; do not use it. Please report this with the output of --json.';

/** Golden outputs may be at fault, a runtime of the source is not: its word, and what to do next. */
function referenceLines(reference: Compared | NotCompared): string[] {
  if (reference.status === 'not verified')
    return [
      `  Whether they or the file is off is not known: ${visibleText(reference.reason)}`,
      '  The file was written. Are the golden outputs those of this model, for these inputs?',
    ];
  const { against, isWithinTolerance } = reference;
  return [
    `  ${against}, asked as well, ${isWithinTolerance ? 'agrees' : 'DOES NOT AGREE either'}: ${largest(reference)}`,
    ...comparisonLines(reference).map((line) => `  ${line}`),
    isWithinTolerance
      ? '  The file was written, and computes what its source does: the golden outputs are of another model, or for other inputs.'
      : `  ${DO_NOT_USE}`,
  ];
}

function divergenceLine({ source, maxAbsError, tolerance, lastAgreeing }: Divergence): string {
  const before = lastAgreeing === undefined ? '' : `; "${lastAgreeing}" before it still agrees`;
  return visibleText(
    `  first differs at "${source}": ${formatNumber(maxAbsError)}, allowed ${formatNumber(tolerance)}${before}`,
  );
}
