import { expect, test } from 'vitest';
import {
  type GraphModel,
  graphRunner,
} from '../../../../shared/engines/references/child/tfjs-graph.ts';
import { stubTensors } from './_stub.ts';

const x = { type: 'float32', dims: [1], data: Float32Array.of(3) } as const;
const ports = { inputs: ['x'], outputs: ['y'] };

test('runs as it is, and asynchronously where the model has control flow', async () => {
  for (const isDynamic of [false, true]) {
    const tf = stubTensors();
    const asked: string[][] = [];
    const give = (names: readonly string[]) => {
      asked.push([...names]);
      return names.map(() => tf.tensor(Float32Array.of(7), [1], 'float32'));
    };
    const model: GraphModel = {
      execute(_, names) {
        if (isDynamic) throw new Error('This execution contains dynamic ops, use executeAsync()');
        return give(names);
      },
      executeAsync: async (_, names) => give(names),
    };
    const { run, tap } = graphRunner(tf, model, ports);
    expect((await run({ x })).y?.data).toEqual(Float32Array.of(7));
    expect(Object.keys((await tap?.({ x }, ['a', 'b:1'])) ?? {})).toEqual(['a', 'b:1']);
    expect(asked).toEqual([['y'], ['a', 'b:1']]);
    expect(tf.living.size).toBe(0);
  }
});

test('names that it does not have are left out', async () => {
  const tf = stubTensors();
  const execute = (_: unknown, names: readonly string[]) => {
    if (names.includes('no')) throw new Error("The output 'no' is not found in the graph");
    return names.map(() => tf.tensor(Float32Array.of(7), [1], 'float32'));
  };
  const model: GraphModel = { execute, executeAsync: async (...given) => execute(...given) };
  const { tap } = graphRunner(tf, model, ports);
  expect(Object.keys((await tap?.({ x }, ['a', 'no', 'b'])) ?? {})).toEqual(['a', 'b']);
  expect(await tap?.({ x }, ['no'])).toEqual({});
});

test('what it fails of is told', async () => {
  const fail = () => {
    throw new Error('no kernel');
  };
  const model: GraphModel = { execute: fail, executeAsync: fail };
  await expect(graphRunner(stubTensors(), model, ports).run({ x })).rejects.toThrow('no kernel');
});
