/** A comparison through the functions, called one after another in this process: what the Action and the machine do. */
import { expect, it } from 'vitest';
import { answer } from '../../functions/api/answer.ts';
import { publishJob } from '../../functions/publish/publish-job.ts';
import { digestBytes } from '../../shared/base/digest.ts';
import { parseReport } from '../../shared/report/schema.ts';
import { drive, example, withCloud } from './_cloud.ts';
import { withMachines } from './_machines.ts';

const cloud = withCloud();
const machines = withMachines();

const fileOf = (path: string, bytes: Uint8Array) => ({
  path,
  digest: digestBytes(bytes),
  bytes: bytes.length,
});

/** Uploads what is needed, and runs what is started. */
async function ask(message: object): Promise<ReturnType<typeof answer>> {
  const blobs = new Map(
    ['digits.keras', 'digits.onnx', 'test.npz'].map((name) => {
      const bytes = example(name);
      return [digestBytes(bytes) as string, bytes];
    }),
  );
  let said = await answer(message);
  if (said.state === 'needs') {
    for (const { digest, url, headers } of said.uploads) {
      const body = blobs.get(digest) ?? Buffer.from('no model at all');
      const { ok } = await fetch(url, { method: 'PUT', body: new Uint8Array(body), headers });
      expect(ok).toBe(true);
    }
    said = await answer(message);
  }
  if (said.state !== 'running') return said;
  const { ticket } = said;
  const input = machines.inputs('optimize').at(-1) as Parameters<typeof drive>[0];
  try {
    const last = await drive(input, ticket);
    await publishJob({ ...last, action: 'publish', execution: ticket });
  } catch (error) {
    const { name } = error as Error;
    await publishJob({ ...input, action: 'fail', execution: ticket, error: { Error: name } });
  }
  return answer({ action: 'status', ticket });
}

it('ends with a report of both models and the shipped variant, which the store then knows', async () => {
  const message = {
    action: 'compare',
    name: 'digits',
    base: { ...fileOf('digits.keras', example('digits.keras')), format: 'keras', label: 'main' },
    head: { ...fileOf('digits.onnx', example('digits.onnx')), format: 'onnx' },
    config: {
      data: 'test.npz',
      variants: ['int8-weights'],
      ship: 'int8-weights',
      budget: { accuracy: '-2pp' },
    },
    data: [fileOf('test.npz', example('test.npz'))],
  };
  const said = await ask(message);
  if (said.state !== 'done') throw new Error(JSON.stringify(said));
  const report = parseReport(said.report, 'answer');
  expect(report).toMatchObject({
    comparison: { kind: 'models', base: { label: 'main' }, head: { label: 'digits.onnx' } },
    models: [
      {
        name: 'digits',
        ship: 'int8-weights',
        base: { format: 'keras', agrees: true },
        variants: [
          { name: 'model', accuracy: { difference: 0 } },
          { name: 'int8-weights', status: 'done', accuracy: { difference: expect.any(Number) } },
        ],
        gates: [{ variant: 'int8-weights', metric: 'accuracy' }],
      },
    ],
  });
  const started = performance.now();
  expect(await answer(message)).toEqual(said);
  expect(performance.now() - started).toBeLessThan(1000);
  expect(machines.inputs('optimize')).toHaveLength(1);
  expect(cloud().events).toEqual([]);
});

it('that cannot be made says why, once and for all', async () => {
  const bytes = Buffer.from('no model at all');
  const head = { ...fileOf('m.onnx', bytes), format: 'onnx' };
  const message = { action: 'compare', base: null, head, config: {} };
  const said = await ask(message);
  expect(said).toMatchObject({ state: 'failed', error: { code: 2 } });
  expect(said.state === 'failed' && said.error.message).toContain('m.onnx');
  expect(await answer(message)).toEqual(said);
});
