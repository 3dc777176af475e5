import { expect, test } from 'vitest';
import { takeUploads } from '../../../functions/ingest/take-uploads.ts';
import { TestExecutions } from '../../pipeline/distributed/_executions.ts';
import { queueEvent } from '../_queue-event.ts';
import { collectingTelemetry } from '../_telemetry.ts';

const settings = { inbox: 'inbox', outbox: 'outbox', quietSeconds: 20 };

/** A message about an object, `second` after the full minute. */
function _message(key: string, second = 0, bucket = 'inbox'): string {
  return JSON.stringify({
    'detail-type': 'Object Created',
    time: `2026-11-28T20:00:${String(second).padStart(2, '0')}Z`,
    detail: { bucket: { name: bucket }, object: { key, sequencer: `${key} ${second}` } },
  });
}

/** What becomes of messages that come in one call. */
async function _take(bodies: readonly string[], gathers = new TestExecutions()) {
  const telemetry = collectingTelemetry();
  const response = await takeUploads(queueEvent(bodies), { gathers, telemetry, settings });
  const failed = response.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
  return { failed, gathers, telemetry, inputs: gathers.started.map(({ input }) => input) };
}

test('an upload starts a look when its prefix has been quiet', async () => {
  const { failed, inputs, gathers } = await _take([_message('team/a.onnx', 7)]);
  expect(failed).toEqual([]);
  expect(inputs).toEqual([{ key: 'team/a.onnx', time: '2026-11-28T20:00:07Z', seconds: 20 }]);
  expect(gathers.started[0]?.name).toMatch(/^[0-9a-f]{40}$/);
});

test('an event that comes twice starts one, a later upload of the key another', async () => {
  const gathers = new TestExecutions();
  const message = _message('team/a.onnx', 7);
  for (const bodies of [[message], [message], [message, message], [_message('team/a.onnx', 9)]])
    expect((await _take(bodies, gathers)).failed).toEqual([]);
  expect(gathers.started).toHaveLength(2);
});

test('of one folder the last of a call is enough; _READY does not wait', async () => {
  const { inputs } = await _take([
    _message('team/b.onnx', 2),
    _message('team/c.onnx', 3),
    _message('team/a.onnx', 3),
    _message('team/_READY', 4),
    _message('other/x.npz', 1),
  ]);
  expect(inputs).toEqual([
    expect.objectContaining({ key: 'team/c.onnx', seconds: 20 }),
    expect.objectContaining({ key: 'team/_READY', seconds: 0 }),
    expect.objectContaining({ key: 'other/x.npz', seconds: 20 }),
  ]);
});

test('what is none of ours is ignored, and said to be', async () => {
  const { failed, inputs, telemetry } = await _take([
    _message('models/a/latest.json', 0, 'outbox'),
    _message('a.onnx', 0, 'else'),
    _message('../a.onnx'),
    _message('a\u202eb\n.onnx'),
    _message('folder/'),
  ]);
  expect(failed).toEqual([]);
  expect(inputs).toEqual([]);
  expect(telemetry.metrics).toEqual(Array(4).fill(['ObjectsIgnored', 1]));
  expect(telemetry.lines).toEqual([
    'info: models/a/latest.json is ignored: it lies in the outbox',
    'info: a.onnx is ignored: it lies in another bucket, else',
    expect.stringMatching(/^info: \.\.\/a\.onnx is ignored: .*"\.\."/),
    expect.stringMatching(/^info: a⟨U\+202E⟩b \.onnx is ignored: .*control/),
  ]);
});

test('messages that fail come again, the others do not', async () => {
  const gathers = new TestExecutions();
  const start = gathers.start.bind(gathers);
  gathers.start = async (name, input) => {
    if (JSON.stringify(input).includes('bad')) throw new Error('throttled');
    return start(name, input);
  };
  const { failed, inputs } = await _take(
    [_message('x/a.onnx'), 'no message', _message('y/bad.onnx')],
    gathers,
  );
  expect(failed).toEqual([1, 2]);
  expect(inputs).toHaveLength(1);
  expect((await _take(['no message'])).failed).toEqual([0]);
});
