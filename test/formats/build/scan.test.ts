import { expect, it } from 'vitest';
import { buildModel } from '../../../shared/formats/build/build-model.ts';
import { arithmetic } from '../../../shared/formats/build/elementwise.ts';
import { scan } from '../../../shared/formats/build/scan.ts';
import { runModel } from '../keras/_run.ts';

it.each([
  [false, [1, 3, 6], 6],
  [true, [3, 5, 6], 6],
])('sums up a sequence (backwards: %s)', async (isReverse, sums, last) => {
  const { model } = buildModel(undefined, (b) => {
    const x = b.input('x', 'float32', ['steps', 1]);
    const made = scan(b, [x], [b.numbers([0], 'float32')], isReverse, (body, [part], [sum]) => {
      if (!part || !sum) throw new Error('a part is missing');
      const next = arithmetic(body, 'Add', part, sum);
      return { output: next, states: [next] };
    });
    expect(made.output.shape).toEqual(['steps', 1]);
    b.output('sums', made.output);
    for (const state of made.states) b.output('last', state);
  });
  const results = await runModel(model, {
    x: { type: 'float32', dims: [3, 1], data: Float32Array.of(1, 2, 3) },
  });
  expect([...(results.sums?.data ?? [])]).toEqual(sums);
  expect([...(results.last?.data ?? [])]).toEqual([last]);
});
