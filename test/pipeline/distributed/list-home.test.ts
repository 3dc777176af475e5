import { expect, test } from 'vitest';
import { findHome, listHome } from '../../../shared/pipeline/distributed/list-home.ts';
import { listing, START, TestBucket } from './_listing.ts';

const at = (second: number): string => new Date(START + second * 1000).toISOString();

/** Objects, each with the second at which it was uploaded. */
function _bucket(objects: Record<string, number>): TestBucket {
  const bucket = new TestBucket();
  for (const [key, second] of Object.entries(objects)) bucket.drop(key, 'x', second);
  return bucket;
}

test('the prefix of a key, from what is there', async () => {
  const inbox = _bucket({ 'p/fettle.yml': 0, 'p/m/a.onnx': 0, 'q/s/saved_model.pb': 0 });
  expect(await findHome(inbox, 'p/m/a.onnx')).toBe('p/');
  expect(await findHome(inbox, 'q/s/variables/variables.index')).toBe('q/');
  expect(await findHome(inbox, 'q/t/a.onnx')).toBe('q/t/');
});

test.each<[string, Record<string, number>, string, number, boolean]>([
  ['alone', { 'p/a.onnx': 0 }, 'p/a.onnx', 0, false],
  ['the last', { 'p/a.onnx': 0, 'p/b.onnx': 5 }, 'p/b.onnx', 5, false],
  ['not the last', { 'p/a.onnx': 0, 'p/b.onnx': 5 }, 'p/a.onnx', 0, true],
  ['overwritten since', { 'p/a.onnx': 9 }, 'p/a.onnx', 0, true],
  [
    'newer, of another prefix',
    { 'p/a.onnx': 0, 'p/q/b.onnx': 5, 'r.onnx': 9 },
    'p/a.onnx',
    0,
    false,
  ],
  ['newer data beside it', { 'p/a.onnx': 0, 'p/data/x/1.npz': 5 }, 'p/a.onnx', 0, true],
  // Begun at 1, complete at 9: what was uploaded meanwhile did not see it.
  ['uploaded in parts', { 'p/a.onnx': 1, 'p/b.npz': 5 }, 'p/a.onnx', 9, false],
  // The event's clock is behind the object's.
  ['told too early', { 'p/a.onnx': 3, 'p/b.onnx': 3 }, 'p/b.onnx', 1, false],
  ['told too early, the first', { 'p/a.onnx': 3, 'p/b.onnx': 3 }, 'p/a.onnx', 1, true],
  ['in the same second, the first', { 'p/a.onnx': 5.2, 'p/b.onnx': 5.1 }, 'p/a.onnx', 5, true],
  ['in the same second, the last', { 'p/a.onnx': 5.9, 'p/b.onnx': 5.1 }, 'p/b.onnx', 5, false],
])('%s', async (_, objects, key, second, superseded) => {
  const found = await listHome(_bucket(objects), { key, time: at(second) });
  expect(found.superseded).toBe(superseded);
  if (!superseded) expect(found.objects.map((one) => one.key)).toContain(key);
});

test('what nobody looks at makes nothing else wait', async () => {
  const inbox = new TestBucket();
  const keys = ['p/a.onnx', 'p/', 'p/b\n.onnx', 'p//c.onnx', 'p/../d.onnx', 'p/e\\f.onnx'];
  inbox.list = async function* () {
    yield* listing(...keys);
  };
  const found = await listHome(inbox, { key: 'p/a.onnx', time: at(0) });
  expect(found.superseded).toBe(false);
  expect(found.objects).toHaveLength(keys.length);
});

test('of any arrivals exactly one is superseded by none', async () => {
  const keys = ['p/a.onnx', 'p/b.onnx', 'p/data/c.npz', 'p/s/saved_model.pb', 'p/s/variables/v'];
  for (let round = 0; round < 20; round++) {
    const seconds = keys.map(
      (_, index) => ((index * 7 + round * 3) % (round % 5 || 1)) + index / 10,
    );
    const inbox = _bucket(Object.fromEntries(keys.map((key, index) => [key, seconds[index] ?? 0])));
    const found = await Promise.all(
      keys.map((key, index) => listHome(inbox, { key, time: at(Math.floor(seconds[index] ?? 0)) })),
    );
    expect(found.filter(({ superseded }) => !superseded)).toHaveLength(1);
  }
});

test('nothing is newer than the end', async () => {
  const inbox = _bucket({ 'p/_READY': 0, 'p/a.onnx': 5 });
  const found = await listHome(inbox, { key: 'p/_READY', time: at(0) }, { isFinal: true });
  expect(found.superseded).toBe(false);
});

test('a prefix with too much is looked at around the arrival', async () => {
  const objects = {
    'a.onnx': 0,
    's/saved_model.pb': 1,
    's/variables/x': 1,
    'other/1': 9,
    'other/2': 9,
    'z.onnx': 9,
  };
  const inbox = _bucket(objects);
  const limited = async (key: string, second: number) => {
    const found = await listHome(inbox, { key, time: at(second) }, { maxKeys: 4 });
    return [found.superseded, found.objects.map((one) => one.key).sort()];
  };
  expect(await limited('s/saved_model.pb', 2)).toEqual([
    false,
    ['a.onnx', 's/saved_model.pb', 's/variables/x', 'z.onnx'],
  ]);
  expect((await limited('s/saved_model.pb', 0))[0]).toBe(true);
  expect(await limited('z.onnx', 9)).toEqual([false, ['a.onnx', 'z.onnx']]);
});

test.each<[string, Record<string, number>, boolean, boolean]>([
  ['nothing newer', { 'p/a.onnx': 8 }, false, false],
  ['newer in the same span', { 'p/a.onnx': 8, 'p/b.onnx': 9 }, true, false],
  ['newer in the next span', { 'p/a.onnx': 8, 'p/b.onnx': 10 }, true, true],
  ['both', { 'p/a.onnx': 8, 'p/data/0.npz': 9, 'p/b.onnx': 10 }, true, false],
  [
    'newer elsewhere in the same span',
    { 'p/a.onnx': 8, 'p/b.onnx': 10, 'q/c.onnx': 9 },
    true,
    true,
  ],
])('the last of its span: %s', async (_, objects, superseded, isLastOfSpan) => {
  const arrival = { key: 'p/a.onnx', time: at(8) };
  const found = await listHome(_bucket(objects), arrival, { spanSeconds: 10 });
  expect([found.superseded, found.isLastOfSpan]).toEqual([superseded, isLastOfSpan]);
});
