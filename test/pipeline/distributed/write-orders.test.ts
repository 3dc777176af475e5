import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { advanceRound } from '../../../shared/pipeline/distributed/advance-round.ts';
import { ExecutionKeys } from '../../../shared/pipeline/distributed/execution.ts';
import type { Lanes } from '../../../shared/pipeline/distributed/lanes.ts';
import {
  BLOB_SLOTS,
  MAX_PIECES,
  orderSchema,
  PIECE_BYTES,
} from '../../../shared/pipeline/distributed/order.ts';
import { digestsIn, piecesFor } from '../../../shared/pipeline/distributed/write-orders.ts';
import { digitsJob } from '../inline-context.ts';
import { executionOf, localSite, orderAt } from './_site.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `tree256:${'b'.repeat(64)}`;

it('digests are found wherever they stand, each once', () => {
  expect(digestsIn({ model: { digest: A }, more: [{ x: B }, A], text: 'sha256:short' })).toEqual([
    A,
    B,
  ]);
  expect(digestsIn(null)).toEqual([]);
});

it('what lies beside a source comes with it, what lies beside another model does not', () => {
  const beside = { external: [{ location: 'x', digest: B }] };
  const isSource = (digest: string) => digest === A;
  expect(digestsIn({ source: { digest: A, ...beside } }, isSource)).toEqual([A]);
  // Of equal bytes, as a model has that nothing was changed in.
  const other = `sha256:${'c'.repeat(64)}`;
  const input = { source: { digest: A, ...beside }, model: { digest: other, ...beside } };
  expect(digestsIn(input, isSource)).toEqual([A, other, B]);
});

it('there are pieces for what may be too large for one request, as many as it may have', () => {
  expect(piecesFor(2e9)).toBe(0);
  expect(piecesFor(3e9)).toBe(2);
  expect(piecesFor(50e9)).toBe(Math.ceil(100e9 / PIECE_BYTES));
  expect(piecesFor(1e13)).toBe(MAX_PIECES);
  expect(PIECE_BYTES).toBeLessThan(5 * 2 ** 30);
});

it('a step on a large model may put pieces below the prefix of workers', async () => {
  const execution = await executionOf(digitsJob());
  const { given } = execution.identified;
  const artifact = { ...given.artifact, bytes: 10e9 };
  const large = {
    ...execution,
    identified: { ...execution.identified, given: { ...given, artifact } },
  };
  const turn = await advanceRound(large, new ExecutionKeys('x'), 0, localSite());
  const [shard] = turn.next === 'run' ? turn.shards : [];
  const { pieces, result } = orderAt(shard?.order ?? '').upload;
  expect(pieces).toMatchObject({ bytes: PIECE_BYTES });
  expect(pieces?.urls).toHaveLength(piecesFor(10e9));
  for (const url of pieces?.urls ?? [])
    expect(url.startsWith(result.replace('result.json', 'piece-'))).toBe(true);
});

it('jobs are told where their orders are written anew, functions are not', async () => {
  const execution = await executionOf(digitsJob());
  const lane = { memoryMb: 3538, seconds: 900 };
  const renewalIn = async (lanes: Lanes) => {
    const turn = await advanceRound(execution, new ExecutionKeys('x'), 0, localSite({ lanes }));
    const [shard] = turn.next === 'run' ? turn.shards : [];
    return { renewal: orderAt(shard?.order ?? '').renewal, order: shard?.order };
  };
  expect((await renewalIn({ work: lane, measure: lane })).renewal).toBeUndefined();
  const small = { memoryMb: 1, seconds: 900 };
  const job = await renewalIn({ work: small, batch: lane, measure: lane });
  expect(job.renewal).toEqual({ url: job.order, seconds: 600 });
});

it('an order holds addresses of what the step names and of its own places', async () => {
  const job = digitsJob({ variants: ['float16'] });
  const execution = await executionOf(job);
  const site = localSite();
  const turn = await advanceRound(execution, new ExecutionKeys('x'), 0, site);
  const [shard] = turn.next === 'run' ? turn.shards : [];
  const order = orderSchema.parse(JSON.parse(readFileSync(shard?.order ?? '', 'utf8')));
  expect(order).toMatchObject({ execution: 'x', model: 'digits', step: 'prepare', key: shard?.id });
  expect(order.inputs.map(({ digest }) => digest)).toEqual([
    execution.identified.given.artifact.digest,
  ]);
  expect(order.inputs[0]?.files).toEqual([{ path: job.source.slice(1), url: job.source }]);
  expect(new Set([order.upload.result, ...order.upload.blobs]).size).toBe(1 + BLOB_SLOTS);
  for (const place of order.upload.blobs) expect(place).toContain(`work/x/shards/${shard?.id}/`);
});
