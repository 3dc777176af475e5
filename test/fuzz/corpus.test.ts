/** What the fuzzer found interesting once stays harmless: every kept input through its target. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../architecture/sources.ts';

const folder = join(ROOT, 'test/fuzz');

it.each(readdirSync(join(folder, 'targets')))('%s', async (file) => {
  const { fuzz }: { fuzz: (data: Uint8Array) => void | Promise<void> } = await import(
    join(folder, 'targets', file)
  );
  const corpus = join(folder, 'corpus', file.replace('.ts', ''));
  const inputs = readdirSync(corpus);
  expect(inputs.length).toBeGreaterThan(5);
  for (const input of inputs) {
    const run = async (): Promise<void> => fuzz(readFileSync(join(corpus, input)));
    await expect(run(), input).resolves.toBeUndefined();
  }
});
