/** The backward part of a graph under construction. */
import type { Node } from '../../onnx/model.ts';
import type { TakenNames } from '../../onnx/taken-names.ts';
import { Emitter, type Shape } from '../emitter.ts';

/** Nodes and constants that gradients are made of. */
export class Backward extends Emitter {
  /** Nodes of the forward graph that give more than they did, see {@link alsoOutput}. */
  readonly forward = new Map<Node, Node>();

  /** `shapes`: of the forward graph's values. */
  constructor(shapes: ReadonlyMap<string, Shape>, names: TakenNames) {
    super(shapes, names, 'grad');
  }

  /** Name of an output of a node of the forward graph; it is made to give it where it did not. */
  alsoOutput(node: Node, output: number): string {
    const known = this.forward.get(node) ?? node;
    const name = known.outputs[output];
    if (name !== undefined && name !== '') return name;
    const outputs = Array.from({ length: output + 1 }, (_, i) => known.outputs[i] ?? '');
    outputs[output] = this.names.fresh(`${node.outputs[0] ?? 'forward'}_${output}`);
    this.forward.set(node, { ...known, outputs });
    return outputs[output];
  }
}
