import { closeSync, existsSync, openSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createBoxWriter, fileBox, memoryBox } from '../../../shared/measure/data/byte-box.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();
// The folder of this process alone: other test files make such files too.
vi.stubEnv('TMPDIR', temp());
// Test files share processes.
afterAll(() => vi.unstubAllEnvs());
const spilled = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('fettle-data-'));

describe('boxes', () => {
  it('read a range of a file in memory of their own', () => {
    const file = temp('range');
    writeFileSync(
      file,
      Uint8Array.from({ length: 100 }, (_, i) => i),
    );
    const descriptor = openSync(file, 'r');
    const box = fileBox(descriptor, 10, 20, 'range');
    const read = box.read(5, 3);
    expect([...read]).toEqual([15, 16, 17]);
    expect(read.byteOffset).toBe(0);
    expect(() => box.read(18, 3)).toThrow(/range is truncated/);
    truncateSync(file, 12);
    expect(() => box.read(0, 20)).toThrow(/range is truncated/);
    closeSync(descriptor);
  });

  it('refuse what lies outside', () => {
    const box = memoryBox(new Uint8Array(4), 'm');
    expect(() => box.read(-1, 2)).toThrow(/truncated/);
    expect(() => box.read(3, 2)).toThrow(/truncated/);
  });
});

describe('createBoxWriter', () => {
  it('keeps little in memory and puts much into a file that goes with the box', async () => {
    const chunk = Uint8Array.from({ length: 50 }, (_, i) => i);
    for (const spill of [1000, 120]) {
      const before = spilled().length;
      const writer = createBoxWriter('w', spill);
      for (let i = 0; i < 5; i++) {
        await writer.write(chunk);
        if (i === 0) chunk.fill(7);
      }
      const box = await writer.finish();
      expect(box.size).toBe(250);
      // What was written first was copied: the chunk was used again.
      expect([...box.read(48, 4)]).toEqual([48, 49, 7, 7]);
      expect(spilled().length - before).toBe(spill === 120 ? 1 : 0);
      box.close();
      expect(spilled().length).toBe(before);
      for (let i = 0; i < 50; i++) chunk[i] = i;
    }
  });

  it('leaves nothing behind when abandoned', async () => {
    const before = spilled();
    const writer = createBoxWriter('w', 10);
    await writer.write(new Uint8Array(50));
    expect(spilled().length).toBe(before.length + 1);
    await writer.abandon();
    expect(spilled()).toEqual(before);
    expect(existsSync(temp('range'))).toBe(true);
  });
});
