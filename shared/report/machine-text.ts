/** The machine of a report in a line, and what else was timed on: hardware that it is not is measured elsewhere. */
import type { Report } from './schema.ts';

/** As it stands in the report: whoever shows it has to clean it. */
export function machineText({ machine: { cpu, cores }, models }: Report): string {
  const elsewhere = new Map<string, Set<string>>();
  for (const { hardware, latency } of models.flatMap(({ variants }) => variants)) {
    if (latency?.cpu === undefined || latency.cpu === cpu) continue;
    elsewhere.set(latency.cpu, (elsewhere.get(latency.cpu) ?? new Set()).add(hardware));
  }
  return [
    `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    ...[...elsewhere].map(([other, hardware]) => `${[...hardware].join(', ')} on ${other}`),
  ].join('; ');
}
