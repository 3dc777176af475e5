/** A small text by its presigned address. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LimitError } from '../../base/errors.ts';
import { withTempDir } from '../../base/files.ts';
import { httpTransfer } from './http-transfer.ts';

/** An order with the addresses of ten thousand files has 15 MB. */
const MAX_BYTES = 50_000_000;

/** @throws ToolError when it cannot be read, LimitError when it is large */
export async function readAddress(url: string): Promise<string> {
  return withTempDir('address', async (folder) => {
    const path = join(folder, 'text');
    await httpTransfer().fetch(url, path);
    const text = await readFile(path, 'utf8');
    if (text.length > MAX_BYTES) throw new LimitError('an order is larger than any is');
    return text;
  });
}
