import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTelemetry } from '../../../functions/adapters/telemetry.ts';

interface Line {
  readonly stream: 'stdout' | 'stderr';
  readonly content: Readonly<Record<string, unknown>>;
}

let lines: Line[] = [];

beforeEach(() => {
  lines = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      lines.push({ stream, content: JSON.parse(String(text)) });
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Without what differs from run to run. */
const told = (): readonly object[] =>
  lines.map(({ content: { timestamp, sampling_rate, ...rest } }) => rest);

it('writes lines with the keys of what it is about', () => {
  const telemetry = createTelemetry('work');
  telemetry.about({ execution: 'abc-1', model: 'digits', shard: '3' });
  telemetry.info('int8 made');
  telemetry.warn('3 of 41 Conv kept in float');
  expect(told()).toEqual([
    {
      level: 'INFO',
      message: 'int8 made',
      service: 'work',
      execution: 'abc-1',
      model: 'digits',
      shard: '3',
    },
    expect.objectContaining({ level: 'WARN', message: '3 of 41 Conv kept in float', shard: '3' }),
  ]);
});

it('forgets what an earlier event was about', () => {
  const telemetry = createTelemetry('work');
  telemetry.about({ execution: 'abc-1', shard: '3' });
  telemetry.about({ execution: 'def-1' });
  telemetry.info('next');
  expect(told()).toEqual([{ level: 'INFO', message: 'next', service: 'work', execution: 'def-1' }]);
});

it.each([
  [undefined, 0],
  ['DEBUG', 1],
])('with the level %s writes detail %i times', (level, times) => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', level);
  createTelemetry('work').debug('detail');
  expect(lines).toHaveLength(times);
});

it('tells an error with its name, message and stack', () => {
  const telemetry = createTelemetry('work');
  telemetry.error('the shard failed', new RangeError('no such axis'));
  telemetry.error('the shard failed', 'a text');
  const [first, second] = lines.map(({ content }) => content);
  expect(first).toMatchObject({
    level: 'ERROR',
    message: 'the shard failed',
    error: { name: 'RangeError', message: 'no such axis' },
  });
  expect(second).toMatchObject({ error: { name: 'Error', message: 'a text' } });
});

it('writes metrics at once, in the embedded format, with keys that are no dimensions', () => {
  const telemetry = createTelemetry('work');
  telemetry.about({ execution: 'abc-1', shard: '3' });
  telemetry.metric('PeakMemory', 123, 'bytes');
  telemetry.metric('Ignored', 1);
  expect(lines.map(({ stream }) => stream)).toEqual(['stdout', 'stdout']);
  const [peak, ignored] = lines.map(({ content }) => content);
  expect(peak).toMatchObject({ PeakMemory: 123, service: 'work', execution: 'abc-1', shard: '3' });
  expect(peak?._aws).toMatchObject({
    CloudWatchMetrics: [
      {
        Namespace: 'Fettle',
        Dimensions: [['service']],
        Metrics: [{ Name: 'PeakMemory', Unit: 'Bytes' }],
      },
    ],
  });
  expect(ignored?._aws).toMatchObject({
    CloudWatchMetrics: [{ Metrics: [{ Name: 'Ignored', Unit: 'Count' }] }],
  });
  expect(ignored).not.toHaveProperty('PeakMemory');
});
