/** The functions that the emulator is tried with, by export of `fixtures/functions.mjs`. */
import { fileURLToPath } from 'node:url';
import type { FunctionSettings } from './start-lambda.ts';

const root = fileURLToPath(new URL('fixtures', import.meta.url));

/** A function that runs one export. */
export function fixture(name: string, settings: Partial<FunctionSettings> = {}): FunctionSettings {
  return { root, handler: `functions.${name}`, ...settings };
}
