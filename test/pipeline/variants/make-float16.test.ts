import { afterAll, expect, test } from 'vitest';
import { float32Tensor } from '../../../shared/onnx/make-tensor.ts';
import type { Model, ValueInfo } from '../../../shared/onnx/model.ts';
import { makeFloat16 } from '../../../shared/pipeline/variants/make-float16.ts';
import { closeSharedProcess } from '../../../shared/runtime/shared-process.ts';
import { graph, model, node } from '../../onnx/_build.ts';
import { inlineContext } from '../inline-context.ts';

afterAll(closeSharedProcess);

const { store, folder, log } = inlineContext();
const tools = {
  store,
  locate: (digest: Parameters<typeof store.pathOf>[0]) => store.pathOf(digest),
  tempDir: folder,
  log,
  progress: () => {},
};
const info = (name: string): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType: 'float32', shape: [1, 4] },
});

/** x · scale, then a Relu. */
function scaled(scale: number): Model {
  const scales = float32Tensor('scale', [4, 4], new Float32Array(16).fill(scale));
  return model(
    graph([node('MatMul', ['x', 'scale'], ['h']), node('Relu', ['h'], ['y'])], [], [], {
      inputs: [info('x')],
      outputs: [info('y')],
      initializers: new Map([['scale', scales]]),
    }),
  );
}

async function make(of: Model) {
  const split = await store.putBytes(
    JSON.stringify({ calibration: { source: 'all', indices: [0, 1, 2] } }),
  );
  return makeFloat16(
    of,
    {
      model: { digest: split, bytes: 1, suffix: '.onnx' },
      variant: 'float16',
      hardware: 'x64',
      data: { synthetic: { samples: 3, seed: 0, shapes: {} } },
      split,
      seed: 0,
    },
    tools,
  );
}

test('weights become float16, inputs and outputs stay', async () => {
  const { model: made, plan } = await make(scaled(0.5));
  expect([...made.graph.initializers.values()].map(({ type }) => type)).toContain('float16');
  expect(made.graph.inputs[0]?.type).toMatchObject({ elementType: 'float32' });
  expect(plan).toMatchObject({ schema: expect.stringMatching(/^fettle\.float16-plan/) });
});

test('what leaves the range of float16 on the samples stays in float32, with the reason', async () => {
  await expect(make(scaled(60_000))).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/nothing to compute in float16: /),
  });
});
