import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestBytes } from '../../shared/base/digest.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { LOCAL_FILES } from '../../shared/onnx/file-access.ts';

it('files of this machine are read as they are, and all here', async () => {
  const path = join(makeTempDir('test'), 'x');
  writeFileSync(path, 'bytes');
  const source = LOCAL_FILES.open(path);
  expect(Buffer.from(source.read(1, 3)).toString()).toBe('yte');
  source.close();
  expect(await LOCAL_FILES.digest(path)).toBe(digestBytes('bytes'));
  expect(LOCAL_FILES.isHere(path)).toBe(true);
});
