import { expect, test } from 'vitest';
import { sortDrop } from '../../../shared/pipeline/distributed/drop.ts';
import { decide, modelsOfDrop } from '../../../shared/pipeline/distributed/models-of-drop.ts';
import { listing } from './_listing.ts';

const FRAME = {
  inbox: 'inbox',
  reason: 'upload',
  toolchain: { tool: '1', runtime: 'r', steps: 's' },
} as const;

/** What becomes of each model of a listing whose objects all hold `content`. */
async function _decisions(keys: readonly string[], text?: string, content = 'abc') {
  const drop = sortDrop('p/', listing(...keys));
  const fetch = async () => new Uint8Array(Buffer.from(content));
  const decisions = [];
  for (const model of modelsOfDrop(drop, text))
    decisions.push([model.name, await decide(model, drop, FRAME, fetch)]);
  return decisions;
}

test('without a configuration: by name, with what lies near', async () => {
  const keys = ['p/b.keras', 'p/a.keras', 'p/a-test.npz'];
  const [a, b] = await _decisions(keys);
  expect(a).toEqual([
    'p/a',
    {
      kind: 'request',
      files: ['p/a.keras'],
      draft: {
        ...FRAME,
        name: 'p/a',
        prefix: 'p/',
        model: [{ key: 'p/a.keras', etag: 'etag of p/a.keras', bytes: 3 }],
        modelPath: 'a.keras',
        data: [{ key: 'p/a-test.npz', etag: 'etag of p/a-test.npz', bytes: 3 }],
        // Of the newest: the data.
        sourceVersion: '2026-11-28T20:00:02.000Z',
      },
    },
  ]);
  expect(b?.[0]).toBe('p/b');
});

test('with one: what it names, under its names', async () => {
  const keys = ['p/fettle.yml', 'p/b.keras', 'p/a.keras', 'p/test.npz'];
  const decisions = await _decisions(
    keys,
    'version: 1\nmodels: { z: { source: a.keras }, none: { source: c.keras } }',
  );
  expect(decisions).toEqual([
    [
      'none',
      {
        kind: 'request',
        files: [],
        draft: expect.objectContaining({
          name: 'none',
          model: [],
          data: [],
          configurationModel: 'none',
          problem: expect.objectContaining({ kind: 'InputError' }),
        }),
      },
    ],
    [
      'z',
      {
        kind: 'request',
        files: ['p/a.keras'],
        draft: expect.objectContaining({
          name: 'z',
          modelPath: 'a.keras',
          data: [],
          configuration: { key: 'p/fettle.yml', etag: 'etag of p/fettle.yml', bytes: 3 },
          settings: expect.stringMatching(/^sha256:/),
        }),
      },
    ],
  ]);
});

test('what waits, and what is none', async () => {
  const decisions = await _decisions(['p/a.weights.h5', 'p/b.pb', 'p/w/model.json']);
  expect(decisions).toEqual([
    ['p/a.weights', { kind: 'waiting', files: ['p/a.weights.h5'], missing: ['p/a.json'] }],
    ['p/b', { kind: 'ignored', reason: expect.any(String) }],
    ['p/w', { kind: 'ignored', reason: expect.any(String) }],
  ]);
});

test('what the configuration calls a model is one', async () => {
  const text = 'version: 1\nmodels: { b: { source: b.pb } }';
  expect(await _decisions(['p/fettle.yml', 'p/b.pb'], text)).toEqual([
    ['b', { kind: 'request', files: ['p/b.pb'], draft: expect.objectContaining({ name: 'b' }) }],
  ]);
});
