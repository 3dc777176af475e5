/** What is known of a conversion, behind the name of its source. */
import type { Source } from './schema.ts';

/** `, agrees within 2e-7 of …`; empty where nothing was converted. */
export function proofText({ format, verified }: Pick<Source, 'format' | 'verified'>): string {
  return isConverted(format) ? `, ${verified}` : '';
}

/** Whether there is a conversion, which could be wrong. */
export const isConverted = (format: string): boolean => format !== 'onnx' && format !== 'unknown';
