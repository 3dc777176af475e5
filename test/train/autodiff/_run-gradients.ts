/** Runs what was differentiated, for tests. */
import type { NamedTensors } from '../../../shared/base/tensor.ts';
import type { Model, ValueInfo } from '../../../shared/onnx/model.ts';
import { openSession } from '../../../shared/runtime/session.ts';
import { differentiate } from '../../../shared/train/autodiff/differentiate.ts';
import { staticShapes } from '../../../shared/train/autodiff/static-shapes.ts';

/** Gradients of `loss`, a value of one element, by the names in `by` that it depends on. */
export async function runGradients(
  model: Model,
  loss: string,
  by: readonly string[],
  feeds: NamedTensors,
): Promise<NamedTensors> {
  const shapes = await staticShapes(model);
  const { nodes, initializers, gradients } = differentiate(model, { loss, by, shapes });
  const outputs = [...gradients.values()].map((name): ValueInfo => ({ name, type: null }));
  const whole: Model = {
    ...model,
    graph: {
      ...model.graph,
      nodes,
      initializers: new Map([...model.graph.initializers, ...initializers]),
      outputs,
    },
  };
  if (outputs.length === 0) return {};
  await using session = await openSession(whole);
  const found = await session.run(feeds);
  return Object.fromEntries(
    [...gradients].flatMap(([name, gradient]) => {
      const tensor = found[gradient];
      return tensor ? [[name, tensor]] : [];
    }),
  );
}
