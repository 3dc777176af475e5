/** Why something that looked like it could be rewritten was left alone. */
import type { Node } from '../onnx/model.ts';

/** A reason (one clause, lower case) and the nodes at fault, by name or by what they compute. */
export class Refusal {
  readonly reason: string;
  readonly nodes: readonly string[];

  constructor(reason: string, nodes: readonly string[] = []) {
    this.reason = reason;
    this.nodes = nodes;
  }
}

/** Says no, with a reason. */
export function refuse(reason: string, ...nodes: readonly Node[]): Refusal {
  return new Refusal(reason, nodes.map(labelOf));
}

/** A node as messages call it: many have no name, all have an output. */
export function labelOf(node: Node): string {
  return `${node.opType} '${node.name === '' ? (node.outputs[0] ?? '') : node.name}'`;
}
