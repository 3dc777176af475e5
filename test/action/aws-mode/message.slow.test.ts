import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { questionOf } from '../../../action/aws-mode/message.ts';
import { makeTempDir } from '../../../shared/base/files.ts';
import { apiRequestSchema } from '../../../shared/pipeline/distributed/api-messages.ts';
import { changeOf, fileAt } from './_change.ts';

const folder = makeTempDir('question');
const labels = { base: 'main', head: 'change' };

test('above a gigabyte chunks are named, also of a file in LFS, and each has its place', async () => {
  const large = join(folder, 'large');
  writeFileSync(large, '');
  truncateSync(large, 1_000_000_001);
  const file = { ...fileAt('large.onnx'), lfs: { sha256: 'a'.repeat(64), bytes: 1_000_000_001 } };
  const { base: _, ...added } = changeOf({ status: 'added' });
  const head = { path: 'large.onnx', files: [file] };
  const ports = { fetchFile: async () => large };
  const { message, places } = await questionOf({ ...added, head }, labels, ports);
  const [said] = 'files' in message.head ? message.head.files : [];
  expect(apiRequestSchema.safeParse(message).success).toBe(true);
  expect(said).toMatchObject({ digest: expect.stringMatching(/^tree256:/), bytes: 1_000_000_001 });
  expect(said?.chunks).toHaveLength(15);
  const last = places.get(said?.chunks?.at(-1) ?? '');
  expect(last).toMatchObject({ side: 'head', range: [14 * 2 ** 26, 1_000_000_001 - 14 * 2 ** 26] });
});
