/** Whether onnxruntime can be loaded on this machine. */
import { FettleError } from '../../base/errors.ts';
import { runtimeVersion } from '../../runtime/runtime-version.ts';
import type { Availability } from '../engine.ts';

/** Asks a child process: a library that cannot be loaded may not take this one down. */
export async function onnxruntimeAvailability(): Promise<Availability> {
  try {
    await runtimeVersion();
    return { available: true };
  } catch (error) {
    if (!(error instanceof FettleError)) throw error;
    return { available: false, reason: error.message };
  }
}
