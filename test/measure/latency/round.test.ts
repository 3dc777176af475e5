import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SHORT_PROTOCOL } from '../../../shared/measure/latency/protocol.ts';
import { CandidateFailure, timeRound } from '../../../shared/measure/latency/round.ts';

const path = fileURLToPath(new URL('../../../examples/digits/digits.onnx', import.meta.url));
const image = { type: 'float32', dims: [1, 8, 8, 1], data: new Float32Array(64) } as const;
const protocol = { ...SHORT_PROTOCOL, minMs: 5, visitMs: 1 };

it('gives as many sweeps of every candidate, and counts no first run of a visit', async () => {
  const digits = { name: 'digits', path, feeds: { image } };
  const [one, other] = await timeRound([digits, { ...digits, name: 'again' }], protocol, 1);
  expect(one?.sweeps.length).toBe(other?.sweeps.length);
  expect(one?.sweeps.length).toBeGreaterThanOrEqual(20);
  expect(one?.runs.length).toBeGreaterThan(one?.sweeps.length ?? 0);
  expect(one?.runs.every((ms) => ms > 0)).toBe(true);
});

it('says which candidate failed', async () => {
  const good = { name: 'good', path, feeds: { image } };
  const bad = { name: 'bad', path, feeds: { image: { ...image, dims: [64] } } };
  const failure = await timeRound([good, bad], protocol, 0).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CandidateFailure);
  if (failure instanceof CandidateFailure) expect(failure.candidate).toBe(bad);
});
