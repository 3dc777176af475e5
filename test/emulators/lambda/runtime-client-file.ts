/** The stand-in for the native client as a file of JavaScript: types cost every environment 40 ms of its start. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync } from 'rolldown/utils';

/** What an environment's process is started with, after `node`. */
export interface RuntimeFiles {
  readonly client: string;
  /** `index.mjs` of aws-lambda-ric. */
  readonly ric: string;
}

/** Writes it into a folder. */
export function writeRuntimeFiles(folder: string): RuntimeFiles {
  const client = join(folder, 'runtime-client.mjs');
  const source = readFileSync(new URL('runtime-client.ts', import.meta.url), 'utf8');
  writeFileSync(client, transformSync('runtime-client.ts', source).code);
  return { client, ric: createRequire(import.meta.url).resolve('aws-lambda-ric') };
}
