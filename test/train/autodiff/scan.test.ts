import { afterAll, expect, test } from 'vitest';
import { TakenNames } from '../../../shared/onnx/taken-names.ts';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { Backward } from '../../../shared/train/autodiff/backward.ts';
import { scan } from '../../../shared/train/autodiff/scan.ts';
import { floats } from '../_run-emitted.ts';

afterAll(closeSharedProcess);

test.for([
  [false, [5, -1, 1], [11, 32, 97], 97],
  [true, [0, 1, 3], [84, 28, 9], 84],
] as const)('steps follow each other, backwards %s', async ([isBackward, x, expected, end]) => {
  // s' = 3 s + x, with a value of the outer graph among it.
  const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (float[3,1] x, float[1] s, float[1] k) => (float y) { y = Identity (x) }`);
  const known = new Map(Object.entries({ x: [3, 1], s: [1], k: [1] }));
  const back = new Backward(known, new TakenNames(model.graph));
  const made = scan(back, {
    states: ['s'],
    sequences: ['x'],
    isBackward,
    step: (body, [state = ''], [part = '']) => {
      const next = body.emit('Add', [body.emit('Mul', [state, 'k'], [1]), part], [1]);
      return { states: [next], results: [next] };
    },
  });
  const [last = '', results = ''] = [...made.states, ...made.results];
  expect(back.shapeOf(results)).toEqual([3, 1]);
  const { nodes, initializers } = back;
  const outputs = [last, results].map((name) => ({ name, type: null }));
  await using session = await openSession({
    ...model,
    graph: { ...model.graph, nodes, initializers, outputs },
  });
  const found = await session.run({
    x: floats([3, 1], ...x),
    s: floats([1], 2),
    k: floats([1], 3),
  });
  expect(Array.from(found[results]?.data ?? [], Number)).toEqual(expected);
  expect(Array.from(found[last]?.data ?? [], Number)).toEqual([end]);
});
