/** Walks back from some values to where a body begins. */
import { parseReference, type TfNode } from '../../tf-graph.ts';
import type { Frame, NodeWeb } from './node-web.ts';

/** A loop, or the Merge behind two branches, that has to be rewritten first. */
export type Pending =
  | { readonly kind: 'loop'; readonly frame: Frame }
  | {
      readonly kind: 'branches';
      readonly merge: string;
      /** Others that the same walk met: they may lie behind the same branches. */
      readonly siblings: readonly string[];
    };

/** What a boundary makes of a reference: another one inside of the body; `undefined`: the walk goes on. */
export type Boundary = (node: TfNode, reference: string) => string | undefined;

/**
 * Finds what has to be rewritten before a body can be taken out. It goes on where it stopped: bodies may hold
 * thousands of branches one after the other.
 */
export class Discovery {
  readonly #web: NodeWeb;
  readonly #boundary: Boundary;
  readonly #seen = new Set<string>();
  #open: string[];
  #parked: string[] = [];

  constructor(web: NodeWeb, wanted: readonly string[], boundary: Boundary) {
    this.#web = web;
    this.#boundary = boundary;
    this.#open = [...wanted];
  }

  /** What comes first; none when all of it is rewritten. */
  next(): readonly Pending[] {
    const web = this.#web;
    const pending: Pending[] = [];
    const siblings: string[] = [];
    for (const name of this.#parked) {
      this.#seen.delete(name);
      this.#open.push(name);
    }
    this.#parked = [];
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      if (this.#seen.has(next)) continue;
      web.visit();
      this.#seen.add(next);
      const node = web.nodes.get(parseReference(next).node);
      if (!node || this.#boundary(node, next) !== undefined) continue;
      const first = pendingOf(web, node, siblings);
      if (first) {
        pending.push(first);
        this.#parked.push(next);
      } else if (!this.#seen.has(`${node.name} `)) {
        // Other outputs of the node have the same inputs.
        this.#seen.add(`${node.name} `);
        this.#open.push(...node.inputs);
      }
    }
    return pending;
  }
}

export interface Trace {
  /** Nodes of the body, their inputs renamed. */
  readonly nodes: readonly TfNode[];
  readonly results: readonly string[];
}

/** Collects the nodes behind `wanted` up to the boundary. */
export function trace(web: NodeWeb, wanted: readonly string[], boundary: Boundary): Trace {
  const nodes = new Map<string, TfNode>();
  const open = [...wanted];
  const renamed = new Map<string, string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (renamed.has(next)) continue;
    web.visit();
    const node = web.nodes.get(parseReference(next).node);
    const inside = node && boundary(node, next);
    renamed.set(next, inside ?? next);
    if (!node || inside !== undefined || nodes.has(node.name)) continue;
    nodes.set(node.name, node);
    open.push(...node.inputs);
  }
  const rename = (reference: string): string => renamed.get(reference) ?? reference;
  return {
    nodes: [...nodes.values()].map((node) => ({ ...node, inputs: node.inputs.map(rename) })),
    results: wanted.map(rename),
  };
}

function pendingOf(web: NodeWeb, node: TfNode, siblings: string[]): Pending | undefined {
  if (node.attributes.has('reason')) return undefined;
  if (node.op === 'Exit') {
    const frame = web.frameOfExit.get(node.name);
    return frame?.condition === undefined ? undefined : { kind: 'loop', frame };
  }
  if (node.op !== 'Merge' || web.frameOfMerge.has(node.name)) return undefined;
  siblings.push(node.name);
  return { kind: 'branches', merge: node.name, siblings };
}

/** Whether what some references are made of includes one of the nodes; steps of loops are not followed back. */
export function dependsOn(
  web: NodeWeb,
  references: Iterable<string>,
  names: ReadonlySet<string>,
): boolean {
  const open = [...references];
  const seen = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node: name } = parseReference(next);
    if (names.has(name)) return true;
    const node = web.nodes.get(name);
    if (!node || seen.has(name) || node.op === 'NextIteration') continue;
    web.visit();
    seen.add(name);
    open.push(...node.inputs);
  }
  return false;
}
