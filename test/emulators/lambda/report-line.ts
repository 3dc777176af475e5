/** The lines that Lambda itself writes to a function's log. */
import { billedMs } from './meter.ts';

/** `END` and `REPORT`, in the form that log queries parse. */
export function reportLine(
  memory: number,
  requestId: string,
  {
    durationMs,
    peakBytes,
    initMs,
  }: { durationMs: number; peakBytes: number; initMs: number | undefined },
): string {
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs(durationMs, initMs)} ms`,
    `Memory Size: ${memory} MB`,
    `Max Memory Used: ${Math.ceil(peakBytes / 2 ** 20)} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
  ];
  return `END RequestId: ${requestId}\n${fields.join('\t')}\t\n`;
}
