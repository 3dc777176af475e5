/**
 * What an outcome says, without what differs from run to run: milliseconds, seconds, the machine.
 *
 * Latencies are measured again each time, so two runs of the same commit never agree to the digit. What they say,
 * "faster" or "budget broken", does, and only that is worth a changed comment.
 */

import type { ModelReport, VariantRow } from '../../shared/report/schema.ts';
import type { Outcome } from '../outcome.ts';
import { digestOf } from './markers.ts';

/** 16 hexadecimal digits. */
export function outcomeState(outcome: Outcome): string {
  const { report, baseSha, headSha, problems } = outcome;
  return digestOf([baseSha, headSha, report?.verdict, report?.models.map(said), problems]);
}

/** Of one model, for its thread. */
export function modelState(model: ModelReport, headSha: string): string {
  return digestOf([headSha, said(model)]);
}

function said(model: ModelReport): unknown {
  const { name, verdict, change, reason, source, base, gates = [], variants } = model;
  const judged = gates.map(({ variant, target, hardware, metric, budget, result }) => [
    variant,
    target,
    hardware,
    metric,
    budget,
    result,
  ]);
  const files = [source.path, source.sha256, base?.path, base?.sha256];
  return [name, verdict, change, reason, files, judged, variants.map(row)];
}

function row({ name, target, hardware, status, reason, size, latency, accuracy }: VariantRow) {
  return [
    name,
    target,
    hardware,
    status,
    reason,
    size?.bytes,
    size?.base,
    latency?.verdict,
    accuracy?.value,
    accuracy?.verdict,
  ];
}
