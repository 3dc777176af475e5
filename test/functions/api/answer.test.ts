import { describe, expect, it } from 'vitest';
import { answer } from '../../../functions/api/answer.ts';
import { handler } from '../../../functions/api.ts';
import { digestBytes } from '../../../shared/base/digest.ts';
import type { ApiAnswer } from '../../../shared/pipeline/distributed/api-messages.ts';
import { publishFake } from '../../pipeline/distributed/_published.ts';
import { withCloud } from '../_cloud.ts';
import { withMachines } from '../_machines.ts';

const cloud = withCloud();
const machines = withMachines();

const head = Buffer.from('a model');
const base = Buffer.from('the model before');
const sideOf = (bytes: Uint8Array) => ({
  digest: digestBytes(bytes),
  bytes: bytes.length,
  format: 'onnx',
});
const message = {
  action: 'compare',
  name: 'm',
  base: sideOf(base),
  head: sideOf(head),
  config: {},
};

const put = (upload: { url: string; headers: Record<string, string> }, body: Uint8Array) =>
  fetch(upload.url, { method: 'PUT', body: new Uint8Array(body), headers: upload.headers });

function stateOf<S extends ApiAnswer['state']>(
  said: ApiAnswer,
  state: S,
): Extract<ApiAnswer, { state: S }> {
  if (said.state !== state) throw new Error(JSON.stringify(said));
  return said as Extract<ApiAnswer, { state: S }>;
}

describe('a comparison', () => {
  it('needs both models, which go to addresses that take no other bytes', async () => {
    const { uploads } = stateOf(await answer(message), 'needs');
    expect(uploads.map(({ digest }) => digest)).toEqual([digestBytes(base), digestBytes(head)]);
    const [first, second] = uploads;
    if (!first || !second) throw new Error('two');
    expect((await put(first, head)).ok).toBe(false);
    expect((await put({ ...first, headers: {} }, base)).ok).toBe(false);
    expect((await put(first, base)).ok).toBe(true);
    const left = stateOf(await answer(message), 'needs');
    expect(left.uploads.map(({ digest }) => digest)).toEqual([digestBytes(head)]);
    expect((await put(second, head)).ok).toBe(true);
    expect(machines.inputs('optimize')).toEqual([]);
  });

  it('then runs, once, until it is over', async () => {
    const [one, two] = await Promise.all([answer(message), handler(message)]);
    const { ticket, progress } = stateOf(one, 'running');
    expect(two).toEqual(one);
    expect(progress).toBe(0);
    const [key] = ticket.split('-');
    expect(machines.inputs('optimize')).toEqual([
      { request: `comparisons/${key}/request.json`, name: 'm', attempt: 1, round: 0 },
    ]);
    expect(await answer({ action: 'status', ticket })).toEqual(one);
  });
});

it('the report in use', async () => {
  await publishFake(cloud().outbox, 'team/digits', { day: 1 });
  const said = await answer({ action: 'report', name: 'team/digits' });
  expect(stateOf(said, 'done').report.models[0]?.name).toBe('team/digits');
});

describe('what is wrong with a message is an answer', () => {
  it.each([
    ['no message', 'hello', /not one that is understood/],
    ['a token', { ...message, token: 'x' }, /token/],
    ['a model that is not there', { action: 'report', name: 'digits' }, /team\/digits/],
    ['a ticket of nobody', { action: 'status', ticket: `${'0'.repeat(40)}-1` }, /no comparison/],
  ])('%s', async (_, event, said) => {
    const { error } = stateOf(await answer(event), 'failed');
    expect(error).toMatchObject({ code: 2, hint: expect.any(String) });
    expect(error.message).toMatch(said);
  });
});
