import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { makeTempDir } from '../../shared/base/files.ts';
import { withPipeline } from '../../shared/cli/with-pipeline.ts';

const environment = (store?: string) => ({
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  cwd: '.',
  env: { ...(store !== undefined && { FETTLE_STORE: store }) },
});

test('the store of the environment wins; the machine and the runtime are known', async () => {
  const folder = makeTempDir('test');
  await withPipeline(
    environment(join(folder, 'mine')),
    { quiet: true },
    { store: join(folder, 'other') },
    async (context) => {
      expect(context.store.name).toBe(join(folder, 'mine'));
      expect(context.runtime).toMatch(/^onnxruntime-node \d+\./);
      expect(context.machine.cores).toBeGreaterThan(0);
    },
  );
  const { store } = await withPipeline(
    environment(),
    { quiet: true },
    { store: join(folder, 'other') },
    async (context) => context,
  );
  expect(store.name).toBe(join(folder, 'other'));
});

test('messages go to stderr, details only with --debug', async () => {
  for (const debug of [false, true]) {
    const streams = environment(makeTempDir('test'));
    await withPipeline(streams, { debug }, {}, async ({ log }) => {
      log.debug('detail');
      log.warn('careful');
    });
    const text = String(streams.stderr.read());
    expect(text).toContain('warning: careful');
    expect(text.includes('detail')).toBe(debug);
  }
});
