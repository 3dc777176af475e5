/** The nodes of one graph with control flow of TensorFlow 1, while it is being rewritten. */
import { LimitError } from '../../../../base/errors.ts';
import { parseReference, type TfAttribute, type TfFunction, type TfNode } from '../../tf-graph.ts';

/** Nodes that are looked at in all (CWE-400): loops that follow each other are passed once for each around them. */
const MAX_VISITS = 20_000_000;

/** One loop: its variables go through a Merge each, constants through an Enter alone. */
export interface Frame {
  readonly name: string;
  readonly variables: readonly LoopVariable[];
  /** Names of Enter nodes whose values are the same in every step. */
  readonly constants: readonly string[];
  /** What it asks before each step. */
  readonly condition: string | undefined;
  readonly exits: readonly { readonly exit: string; readonly place: number }[];
}

export interface LoopVariable {
  readonly merge: string;
  readonly enter: string;
  /** The node that hands the value to the next step. */
  readonly next: string;
}

/** Nodes by name, the loops that they form, and what has become of them so far. */
export class NodeWeb {
  readonly nodes: Map<string, TfNode>;
  /** Bodies that were made. */
  readonly functions: Map<string, TfFunction>;
  readonly frames: ReadonlyMap<string, Frame>;
  /** The loop of each of its Merge nodes. */
  readonly frameOfMerge: ReadonlyMap<string, Frame>;
  /** The loop that each Exit leaves. */
  readonly frameOfExit: ReadonlyMap<string, Frame>;
  /** All references that some node makes. */
  readonly references: ReadonlySet<string>;
  /** Conditions of the branches in front of Merge nodes, as far as they were asked for. */
  readonly decisions = new Map<string, string>();
  #visits = 0;

  constructor(nodes: readonly TfNode[], functions: Map<string, TfFunction>) {
    this.nodes = new Map(nodes.map((node) => [node.name, withoutRef(node)]));
    this.functions = functions;
    this.frames = framesOf(this.nodes);
    const frames = [...this.frames.values()];
    this.frameOfMerge = new Map(
      frames.flatMap((frame) => frame.variables.map(({ merge }) => [merge, frame])),
    );
    this.frameOfExit = new Map(
      frames.flatMap((frame) => frame.exits.map(({ exit }) => [exit, frame])),
    );
    this.references = new Set(nodes.flatMap(({ inputs }) => inputs));
  }

  node(reference: string | undefined): TfNode | undefined {
    return reference === undefined ? undefined : this.nodes.get(parseReference(reference).node);
  }

  /** Counts a node that is looked at. @throws LimitError when there were too many */
  visit(): void {
    if (++this.#visits > MAX_VISITS)
      throw new LimitError(`its loops and branches lie in each other too often`);
  }

  /** Whether a Switch decides between another step and the end of a loop. */
  isLoopSwitch(node: TfNode): boolean {
    return this.node(node.inputs[1])?.op === 'LoopCond';
  }

  /** A name for a function, or for a node, that nothing has. */
  fresh(wish: string): string {
    let name = wish;
    for (let count = 1; this.nodes.has(name) || this.functions.has(name); count++)
      name = `${wish}_${count}`;
    return name;
  }

  replace(
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: readonly (readonly [string, TfAttribute])[] = [],
  ): void {
    this.nodes.set(name, { name, op, inputs, attributes: new Map(attributes) });
  }

  /** Leaves a node that says why it could not be rewritten; see CONTROL_NODES. */
  refuse(node: TfNode, reason: string): void {
    this.replace(node.name, node.op, [], [['reason', { kind: 'string', value: reason }]]);
  }
}

/** Ops on reference variables do what those on values do. */
function withoutRef(node: TfNode): TfNode {
  const op = /^Ref(Enter|Exit|Merge|Switch|NextIteration)$/.exec(node.op)?.[1];
  return op ? { ...node, op } : node;
}

function framesOf(nodes: ReadonlyMap<string, TfNode>): ReadonlyMap<string, Frame> {
  const variables = new Map<string, LoopVariable[]>();
  const merged = new Set<string>();
  for (const node of nodes.values()) {
    if (node.op !== 'Merge') continue;
    const inputs = node.inputs.map((input) => nodes.get(parseReference(input).node));
    const enter = inputs.find((input) => input?.op === 'Enter');
    const next = inputs.find((input) => input?.op === 'NextIteration');
    if (!enter || !next) continue;
    const frame = frameName(enter);
    merged.add(enter.name);
    const list = variables.get(frame) ?? [];
    list.push({ merge: node.name, enter: enter.name, next: next.name });
    variables.set(frame, list);
  }
  const constants = new Map<string, string[]>();
  for (const node of nodes.values()) {
    if (node.op !== 'Enter' || merged.has(node.name)) continue;
    const list = constants.get(frameName(node)) ?? [];
    list.push(node.name);
    constants.set(frameName(node), list);
  }
  const ends = endsOf(nodes, variables);
  return new Map(
    [...variables].map(([name, list]) => {
      const { condition, exits = [] } = ends.get(name) ?? {};
      return [
        name,
        { name, variables: list, constants: constants.get(name) ?? [], condition, exits },
      ];
    }),
  );
}

interface LoopEnd {
  condition?: string | undefined;
  exits: { exit: string; place: number }[];
}

/** How each loop ends: through Switch nodes behind the Merge of each variable. */
function endsOf(
  nodes: ReadonlyMap<string, TfNode>,
  variables: ReadonlyMap<string, readonly LoopVariable[]>,
): ReadonlyMap<string, LoopEnd> {
  const ends = new Map<string, LoopEnd>();
  const places = new Map<string, { readonly frame: string; readonly place: number }>();
  for (const [frame, list] of variables) {
    ends.set(frame, { exits: [] });
    for (const [place, { merge }] of list.entries()) places.set(merge, { frame, place });
  }
  const at = (reference: string | undefined): TfNode | undefined =>
    nodes.get(parseReference(reference ?? '').node);
  for (const node of nodes.values()) {
    const behind = node.op === 'Exit' ? at(node.inputs[0]) : node;
    const variable = places.get(at(behind?.inputs[0])?.name ?? '');
    const decision = at(behind?.inputs[1]);
    if (!variable || behind?.op !== 'Switch' || decision?.op !== 'LoopCond') continue;
    const end = ends.get(variable.frame);
    if (!end) continue;
    end.condition ??= decision.inputs[0];
    if (node.op === 'Exit') end.exits.push({ exit: node.name, place: variable.place });
  }
  return ends;
}

function frameName(enter: TfNode): string {
  const name = enter.attributes.get('frame_name');
  return name?.kind === 'string' ? name.value : '';
}
