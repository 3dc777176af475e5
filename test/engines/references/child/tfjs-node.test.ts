import { expect, test } from 'vitest';
import { openTfjsNode } from '../../../../shared/engines/references/child/tfjs-node.ts';
import { stubTensors } from './_stub.ts';

test('a SavedModel runs by the names of its signature', async () => {
  const calls: unknown[] = [];
  const library = {
    ...stubTensors(),
    node: {
      async loadSavedModel(...parts: unknown[]) {
        calls.push(parts);
        return {
          predict: ({ a, b }: Record<string, unknown>) => ({ second: b, first: a, unused: a }),
        };
      },
    },
  };
  const ports = { inputs: ['a', 'b'], outputs: ['first', 'second'] };
  const { run } = await openTfjsNode({ default: library }, '/m', 'serving_default', ports);
  const a = { type: 'int64', dims: [2], data: BigInt64Array.of(1n, -2n) } as const;
  const b = { type: 'bool', dims: [1], data: Uint8Array.of(1) } as const;
  expect(await run({ b, a })).toEqual({
    first: { type: 'int32', dims: [2], data: Int32Array.of(1, -2) },
    second: b,
  });
  expect(calls).toEqual([['/m', ['serve'], 'serving_default']]);
});

test('an output that is not there is named', async () => {
  const node = { loadSavedModel: async () => ({ predict: () => ({}) }) };
  const ports = { inputs: [], outputs: ['y'] };
  const { run } = await openTfjsNode({ ...stubTensors(), node }, '/m', 's', ports);
  await expect(run({})).rejects.toThrow("TensorFlow gives no output 'y'");
});
