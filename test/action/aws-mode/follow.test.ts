import { expect, test } from 'vitest';
import { follow } from '../../../action/aws-mode/follow.ts';
import type { Question } from '../../../action/aws-mode/message.ts';
import type { ApiAnswer } from '../../../shared/pipeline/distributed/api-messages.ts';
import { makeReport } from '../../report/make-report.ts';
import { fileAt, portsOf } from './_change.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const ticket = `${'1'.repeat(40)}-1`;
const question: Question = {
  message: {
    action: 'compare',
    base: null,
    head: { digest, bytes: 1, format: 'onnx' },
    config: {},
  },
  places: new Map([[digest, { side: 'head', file: fileAt('digits.onnx', 'a'.repeat(64)) }]]),
};
const needs: ApiAnswer = {
  state: 'needs',
  uploads: [{ digest, url: 'https://s3/secret', headers: {} }],
};
const running = (progress: number): ApiAnswer => ({ state: 'running', ticket, progress });
const done: ApiAnswer = { state: 'done', report: makeReport() };

test('what is known is answered at once', async () => {
  const { ports, traffic } = portsOf([done]);
  expect(await follow('digits', question, ports)).toEqual({ report: makeReport() });
  expect(traffic).toMatchObject({ fetched: [], uploaded: [], slept: [] });
});

test('what lacks is uploaded, then it is waited for, ever longer, with a line now and then', async () => {
  const { ports, traffic } = portsOf([needs, running(0), running(0.04), running(0.31), done]);
  expect(await follow('digits', question, ports)).toEqual({ report: makeReport() });
  expect(traffic.uploaded).toEqual(['/files/head/digits.onnx']);
  expect(traffic.asked.map(({ action }) => action)).toEqual([
    'compare',
    'compare',
    'status',
    'status',
    'status',
  ]);
  expect(traffic.slept).toEqual([1, 1.5, 2.25]);
  expect(traffic.lines).toEqual([
    'digits: uploading digits.onnx (5.00 kB)',
    'digits: 0%',
    'digits: 31%',
  ]);
});

test('a refusal is the model’s', async () => {
  const { ports } = portsOf([{ state: 'failed', error: { code: 3, message: 'no such op' } }]);
  expect(await follow('digits', question, ports)).toEqual({
    refusal: { code: 3, message: 'no such op' },
  });
});

test('a store that keeps nothing, an address for somebody else’s bytes, an endless job: each ends', async () => {
  const again = portsOf([needs]);
  await expect(follow('digits', question, again.ports)).rejects.toThrow('is not in the store');
  expect(again.traffic.uploaded).toHaveLength(3);
  const foreign = portsOf([needs]);
  const theirs = follow('digits', { ...question, places: new Map() }, foreign.ports);
  await expect(theirs).rejects.toThrow('which is not ours');
  const endless = portsOf([running(0.5)]);
  await expect(follow('digits', question, endless.ports)).rejects.toMatchObject({ exitCode: 4 });
  expect(endless.traffic.slept.length).toBeLessThan(400);
});
