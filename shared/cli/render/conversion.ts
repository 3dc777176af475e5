/** A conversion as one line. */
import type { Conversion } from '../../pipeline/convert.ts';
import { formatBytes, formatNumber } from '../../report/numbers.ts';
import { visibleText } from '../../report/visible-text.ts';

/** `model.ort  45.0 kB  agrees with onnxruntime …`, newline included. */
export function conversionLine({ out, bytes, check }: Conversion): string {
  const parts = [out, formatBytes(bytes)];
  if (!check) parts.push('not verified');
  else if (check.status === 'not verified')
    parts.push(`not verified: ${visibleText(check.reason)}`);
  else {
    const on = `${check.samples} ${check.synthetic ? 'synthetic input' : 'sample'}${check.samples === 1 ? '' : 's'}`;
    const error =
      check.maxAbsError === undefined
        ? ''
        : `, largest difference ${formatNumber(check.maxAbsError)}`;
    parts.push(
      `${check.isWithinTolerance ? 'agrees' : 'DOES NOT AGREE'} with ${check.against} on ${on}${error}`,
    );
  }
  return `${parts.join('  ')}\n`;
}
