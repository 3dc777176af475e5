/** A model whose channels can be made zero from outside: what it gives then is what the cut model gives. */

import type { NamedTensors } from '../../../base/tensor.ts';
import { editModel } from '../../../onnx/edit-model.ts';
import { makeNode } from '../../../onnx/make-node.ts';
import type { Model, ValueInfo } from '../../../onnx/model.ts';
import { squareKey } from './activation-squares.ts';
import type { Labels } from './channels.ts';
import { freeChannels } from './find-groups.ts';
import type { Trace } from './trace.ts';

export interface MaskedModel {
  readonly model: Model;
  /** What the inputs for masks are fed when these channels are zero. */
  masks(removed: ReadonlySet<number>): NamedTensors;
}

/** Each value is multiplied by its mask where something sums over its channels, and nowhere else. */
export function maskedModel(model: Model, trace: Trace): MaskedModel {
  const masks = new Map<string, { readonly input: ValueInfo; readonly labels: Labels }>();
  const masked = new Map<string, string>();
  const edited = editModel(model, (graph) => {
    for (const contraction of trace.contractions) {
      const { node, input, axis, labels } = contraction;
      if (freeChannels(labels, trace).length === 0) continue;
      const key = squareKey(contraction);
      const name = node.inputs[input] ?? '';
      if (!masked.has(key)) {
        const behind = (trace.axesOf(name)?.length ?? 0) - axis - 1;
        const shape = [labels.length, ...new Array<number>(behind).fill(1)];
        const mask = graph.freshName(`${name}_mask`);
        const type = { kind: 'tensor', elementType: 'float32', shape } as const;
        masks.set(key, { input: { name: mask, type }, labels });
        masked.set(key, graph.freshName(`${name}_masked`));
        graph.insertBefore(node, makeNode('Mul', [name, mask], [masked.get(key) ?? '']));
      }
      graph.update(node, { inputs: node.inputs.with(input, masked.get(key) ?? '') });
    }
    graph.setInputs([...graph.inputs, ...[...masks.values()].map(({ input }) => input)]);
  }).model;
  return {
    model: edited,
    masks: (removed) =>
      Object.fromEntries(
        [...masks.values()].map(({ input, labels }) => {
          const data = Float32Array.from(labels, (label) =>
            removed.has(trace.channels.find(label)) ? 0 : 1,
          );
          const shape = input.type?.kind === 'tensor' ? input.type.shape : null;
          const dims = (shape ?? []).map(Number);
          return [input.name, { type: 'float32', dims, data }];
        }),
      ),
  };
}
