import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { FileTarget, MemoryTarget } from '../../../shared/onnx/wire/byte-targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-target-'));
afterAll(() => rmSync(folder, { recursive: true }));
const source = memorySource(Uint8Array.from({ length: 600_000 }, (_, i) => i % 253));

it('a file takes bytes, copies and gaps in order', () => {
  const path = join(folder, 'f');
  const file = new FileTarget(path);
  file.write(Uint8Array.of(1, 2));
  file.skipTo(5);
  file.copy({ source, offset: 7, length: 599_000 });
  expect(file.position).toBe(599_005);
  file.close();
  const written = readFileSync(path);
  expect([...written.subarray(0, 5)]).toEqual([1, 2, 0, 0, 0]);
  expect(Buffer.compare(written.subarray(5), source.read(7, 599_000))).toBe(0);
});

it('a file is always a new one', () => {
  const path = join(folder, 'g');
  new FileTarget(path).close();
  expect(() => new FileTarget(path)).toThrow('EEXIST');
});

it('memory takes what was announced and no more', () => {
  const target = new MemoryTarget(6);
  target.write(Uint8Array.of(9));
  target.copy({ source, offset: 1, length: 4 });
  expect(() => target.write(Uint8Array.of(1, 2))).toThrow('more bytes were written');
  expect([...target.bytes]).toEqual([9, 1, 2, 3, 4, 0]);
});
