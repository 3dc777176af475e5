/** Which onnxruntime runs the models: part of the key of every step that runs one. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { UnsupportedError } from '../base/errors.ts';
import { sharedProcess } from './shared-process.ts';

let known: Promise<string> | undefined;

/** The version of onnxruntime-node, e.g. `1.30.0`, as the library itself reports it. */
export function runtimeVersion(): Promise<string> {
  known ??= sharedProcess()
    .ask('version', null, { doing: 'asking onnxruntime for its version' })
    .catch((error: unknown) => {
      known = undefined;
      throw error;
    });
  return known;
}

/**
 * The version of the installed package, without starting it: what a run needs that only looks into the
 * store. @throws UnsupportedError when it is not installed
 */
export function installedRuntimeVersion(): string {
  try {
    const path = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    const { version }: { version?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof version === 'string') return version;
  } catch (cause) {
    throw new UnsupportedError('onnxruntime-node is not installed', {
      hint: 'Install it: npm install onnxruntime-node',
      cause,
    });
  }
  throw new UnsupportedError('the package.json of onnxruntime-node names no version');
}
