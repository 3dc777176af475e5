import { expect, test } from 'vitest';
import type { Tensor } from '../../shared/base/tensor.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { openCarried } from '../../shared/runtime/carried-session.ts';
import { RuntimeProcess } from '../../shared/runtime/runtime-process.ts';

const floats = (...values: number[]): Tensor => ({
  type: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

/** total' = total + x, seen = total' · 2 */
const adding = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[2] x, float[2] total, float[2] helped) => (float[2] next, float[2] seen) <float two = {2}> {
  sum = Add (total, x) next = Add (sum, helped) seen = Mul (next, two) }`);
const helper = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[2] given) => (float[2] negated) { negated = Neg (given) }`);

const links = [{ input: 'total', output: 'next' }];

test('outputs become inputs of the next step, and are read at the end', async () => {
  await using session = await openCarried(adding, { links, start: { total: floats(1, 2) } });
  const feeds = { x: floats(10, 20), helped: floats(0, 0) };
  const steps = [1, 2, 3].map(() => session.step(feeds, ['seen']));
  const seen = (await Promise.all(steps)).map((outputs) =>
    Array.from(outputs.seen?.data ?? [], Number),
  );
  expect(seen).toEqual([
    [22, 44],
    [42, 84],
    [62, 124],
  ]);
  expect(await session.end()).toEqual({ total: floats(31, 62) });
});

test('a helper runs first on the same feeds', async () => {
  await using process = new RuntimeProcess();
  await using session = await openCarried(adding, {
    links,
    start: { total: floats(0, 0) },
    process,
    helper: {
      model: helper,
      inputs: { given: 'x' },
      outputs: [{ output: 'negated', input: 'helped' }],
    },
  });
  await session.step({ x: floats(5, 7) }, []);
  expect(await session.end()).toEqual({ total: floats(0, 0) });
});

test('a child that was given is left without it', async () => {
  await using process = new RuntimeProcess();
  const session = await openCarried(adding, { links, start: { total: floats(0, 0) }, process });
  await session.step({ x: floats(5, 7), helped: floats(0, 0) }, []);
  await session[Symbol.asyncDispose]();
  const numbers = Array.from({ length: process.nextSessionNumber() }, (_, into) => into);
  for (const into of numbers) {
    await expect(process.ask('endCarry', { into })).rejects.toThrow('not started');
    await expect(process.ask('run', { session: into, feeds: {}, fetch: null })).rejects.toThrow(
      'not open',
    );
  }
});

test('what is missing is named', async () => {
  await expect(openCarried(adding, { links, start: {} })).rejects.toThrow("'total'");
  await using session = await openCarried(adding, { links, start: { total: floats(1, 2) } });
  await expect(session.step({ x: floats(1, 2) }, ['seen'])).rejects.toThrow('helped');
});
