/** Records of steps as text: what a store reads back. */
import type { StepRecord } from './store.ts';

/** `undefined` for what is no record: another one takes its place. */
export function parseRecord(text: string): StepRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is StepRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'output' in value &&
    'blobs' in value &&
    Array.isArray(value.blobs)
  );
}
