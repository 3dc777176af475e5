import { expect, it } from 'vitest';
import { LimitError, ModelError } from '../../shared/base/errors.ts';
import { PartialSource } from '../../shared/onnx/partial-source.ts';

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

function _source(room = 1000) {
  const fetched: [number, number][] = [];
  const remote = {
    ...{ name: 'remote', size: BYTES.length },
    fetch: async (offset: number, length: number) => {
      fetched.push([offset, length]);
      return BYTES.slice(offset, offset + length);
    },
  };
  const source = new PartialSource(remote, { chunkBytes: 100, room: { bytes: room } });
  return { source, fetched };
}

it('refuses what is not here, fetches that, and keeps it', async () => {
  const { source, fetched } = _source();
  expect(() => source.read(150, 100)).toThrow('not here yet');
  expect(await source.fetchMissing()).toBe(true);
  expect(source.read(150, 100)).toEqual(BYTES.slice(150, 250));
  expect(await source.fetchMissing()).toBe(false);
  expect(fetched).toEqual([[100, 200]]);
});

it('fetches the end of a file and no further', async () => {
  const { source, fetched } = _source();
  expect(() => source.read(999, 1)).toThrow('not here yet');
  await source.fetchMissing();
  expect(source.read(999, 1)).toEqual(BYTES.slice(999));
  expect(fetched).toEqual([[900, 100]]);
  expect(() => source.read(990, 20)).toThrow(ModelError);
});

it('refuses an answer that is shorter than what was asked for', async () => {
  const remote = { name: 'remote', size: 1000, fetch: async () => new Uint8Array(99) };
  const source = new PartialSource(remote, { chunkBytes: 100, room: { bytes: 1000 } });
  expect(() => source.read(0, 1)).toThrow('not here yet');
  await expect(source.fetchMissing()).rejects.toThrow('99 bytes of remote came');
});

it('refuses what is more than there is room for, which is not fetched', async () => {
  const { source, fetched } = _source(300);
  expect(() => source.read(0, 400)).toThrow(LimitError);
  expect(await source.fetchMissing()).toBe(false);
  expect(() => source.read(0, 200)).toThrow('not here yet');
  await source.fetchMissing();
  expect(() => source.read(500, 200)).toThrow(LimitError);
  expect(fetched).toEqual([[0, 200]]);
});
