import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../shared/base/brand.ts';
import { locateData } from '../../../shared/measure/data/locate.ts';
import type { FileAccess } from '../../../shared/onnx/file-access.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();
const content = new TextEncoder().encode('samples');
const sha256 = createHash('sha256').update(content).digest('hex');
const address = 's3://bucket/some/data.npz';

async function* chunks() {
  yield content.subarray(0, 3);
  yield content.subarray(3);
}

describe('locateData', () => {
  it('finds files and folders', async () => {
    writeFileSync(temp('a.npz'), content);
    expect(await locateData({ path: temp('a.npz') })).toEqual({
      file: temp('a.npz'),
      shown: temp('a.npz'),
    });
    expect(await locateData({ path: temp('a.npz'), sha256 })).toMatchObject({
      file: temp('a.npz'),
    });
    mkdirSync(temp('folder'));
    expect(await locateData({ path: temp('folder') })).toMatchObject({ file: temp('folder') });
    await expect(locateData({ path: temp('none') })).rejects.toThrow(/none does not exist/);
    await expect(locateData({ path: temp('a.npz'), sha256: '0'.repeat(64) })).rejects.toThrow(
      /is not what sha256 says/,
    );
    await expect(locateData({ path: temp('folder'), sha256 })).rejects.toThrow(/is a folder/);
  });

  it('fetches a pinned address once, through the port', async () => {
    let calls = 0;
    const options = {
      cacheFolder: temp('cache'),
      fetch: {
        s3: async () => {
          calls++;
          return chunks();
        },
      },
    };
    const first = await locateData({ path: address, sha256 }, options);
    expect(first.shown).toBe(address);
    expect(readFileSync(first.file)).toEqual(Buffer.from(content));
    expect(await locateData({ path: address, sha256 }, options)).toEqual(first);
    expect(calls).toBe(1);
  });

  it('keeps nothing of what is not as pinned', async () => {
    const options = { cacheFolder: temp('cache2'), fetch: { s3: async () => chunks() } };
    await expect(locateData({ path: address, sha256: '1'.repeat(64) }, options)).rejects.toThrow(
      /is not what sha256 says: wanted 1+, got [0-9a-f]{64}/,
    );
    expect(readdirSync(temp('cache2'))).toEqual([]);
  });

  it('refuses an address without sha256, and schemes that it cannot read', async () => {
    await expect(locateData({ path: 'https://example.com/a.npz' })).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('sha256'),
    });
    await expect(locateData({ path: address, sha256 })).rejects.toMatchObject({
      exitCode: 3,
      hint: expect.stringContaining('aws s3 cp'),
    });
    await expect(locateData({ path: 'ftp://host/a.npz', sha256 })).rejects.toThrow(
      /ftp:\/\/ is not read/,
    );
  });

  it('explains an answer that is no file', async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as { port: number }).port;
    const fetchLocal = async () => {
      const { fetchHttps } = await import('../../../shared/measure/data/locate.ts');
      return fetchHttps(`http://127.0.0.1:${port}/a.npz`);
    };
    const options = { fetch: { https: fetchLocal } };
    await expect(
      locateData({ path: 'https://example.com/a.npz', sha256 }, options),
    ).rejects.toThrow(/answered 404/);
    await new Promise((resolve) => server.close(resolve));
    await expect(
      locateData({ path: 'https://example.com/a.npz', sha256 }, options),
    ).rejects.toThrow(/cannot be fetched: connect ECONNREFUSED/);
  });

  it('compares a file that is elsewhere by its digest, and says how to read it', async () => {
    writeFileSync(temp('away.npz'), '');
    const access = (digest: string): FileAccess => ({
      open: () => expect.fail('it was opened'),
      digest: async () => digest as Digest,
      isHere: () => false,
    });
    const path = temp('away.npz');
    const right = access(`sha256:${sha256}`);
    expect(await locateData({ path, sha256 }, { access: right })).toMatchObject({
      file: path,
      open: right.open,
    });
    const wrong = access(`sha256:${'0'.repeat(64)}`);
    await expect(locateData({ path, sha256 }, { access: wrong })).rejects.toThrow(/is not what/);
    const large = access(`tree256:${sha256}`);
    await expect(locateData({ path, sha256 }, { access: large })).rejects.toThrow(/too large/);
  });
});
