/** Runs what was emitted over inputs, for tests. */
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { TakenNames } from '../../shared/onnx/taken-names.ts';
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { Emitter, type Shape } from '../../shared/train/emitter.ts';

/** A float32 tensor. */
export const floats = (dims: Shape, ...values: number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});

/** The values of what `emit` names, fed with `inputs`. */
export async function runEmitted(
  inputs: NamedTensors,
  emit: (emitter: Emitter) => readonly string[],
): Promise<number[][]> {
  const declared = Object.entries(inputs).map(
    ([name, { type, dims }]) =>
      `${type === 'float32' ? 'float' : type}${dims.length > 0 ? `[${dims.join()}]` : ''} ${name}`,
  );
  const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
g (${declared.join(', ')}) => (float y) { y = Constant <value = float {0.0}> () }`);
  const shapes = new Map(Object.entries(inputs).map(([name, { dims }]) => [name, dims]));
  const emitter = new Emitter(shapes, new TakenNames(model.graph), 'made');
  const names = emit(emitter);
  const whole: Model = {
    ...model,
    graph: {
      ...model.graph,
      nodes: emitter.nodes,
      initializers: emitter.initializers,
      outputs: names.map((name) => ({ name, type: null })),
    },
  };
  await using session = await openSession(whole);
  const outputs = await session.run(inputs);
  return names.map((name) => Array.from(outputs[name]?.data ?? [], Number));
}
