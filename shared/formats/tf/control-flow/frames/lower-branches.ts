/** Switch … Merge of TensorFlow 1 → If or Case and the functions that it calls. */
import { parseReference, type TfNode } from '../../tf-graph.ts';
import { define } from './lower-loop.ts';
import type { NodeWeb } from './node-web.ts';
import { type Boundary, type Pending, trace } from './trace.ts';

/** More than a Case has. */
const MAX_BRANCHES = 64;

/** Rewrites what leads to a Merge; or says what has to be rewritten first. */
export function lowerBranches(web: NodeWeb, name: string): readonly Pending[] {
  const merge = web.nodes.get(name);
  if (!merge || merge.inputs.length > MAX_BRANCHES) return [];
  const guards = new Guards(web);
  const branches = merge.inputs.map((input) => {
    guards.side = undefined;
    const traced = trace(web, [input], guards.boundary);
    return { ...traced, side: guards.side as number | undefined };
  });
  const pending = branches.flatMap((branch) => branch.pending);
  if (pending.length > 0) return pending;
  const sides = resolveSides(branches.map(({ side }) => side));
  const isIndexRead = web.references.has(`${name}:1`);
  const trouble = isIndexRead ? 'the number of the branch that was taken is read' : guards.trouble;
  if (trouble !== undefined || !sides || guards.decision === undefined) {
    web.refuse(merge, trouble ?? 'its branches do not say when each is taken');
    return [];
  }
  const captured = [...guards.captured];
  const parameters = captured.map(([, parameter]) => parameter);
  const names = sides.map((_, side) => {
    const place = sides.indexOf(side);
    const branch = branches[place];
    const made = web.fresh(`${name}/branch_${side}`);
    define(web, made, parameters, branch ?? { nodes: [], results: [] });
    return made;
  });
  const inputs = [guards.decision, ...captured.map(([reference]) => reference)];
  const asFunction = (value: string | undefined) =>
    ({ kind: 'function', value: value ?? '' }) as const;
  if (guards.isMany)
    web.replace(name, 'Case', inputs, [
      ['branches', { kind: 'list', value: names.map(asFunction) }],
    ]);
  else
    web.replace(name, 'If', inputs, [
      ['then_branch', asFunction(names[1])],
      ['else_branch', asFunction(names[0])],
    ]);
  return [];
}

/** The side of each input; one that does not say it is what is left. */
function resolveSides(sides: readonly (number | undefined)[]): readonly number[] | undefined {
  const known = sides.filter((side) => side !== undefined);
  const left = sides.flatMap((_, side) => (known.includes(side) ? [] : [side]));
  if (sides.length - known.length > 1) return undefined;
  const resolved = sides.map((side) => side ?? left[0] ?? -1);
  const isPermutation = sides.every((_, side) => resolved.includes(side));
  return isPermutation ? resolved : undefined;
}

/** The Switch nodes through which values get into the branches. */
class Guards {
  /** Names of parameters by what they stand for in the graph around. */
  readonly captured = new Map<string, string>();
  /** On what the branch depends. */
  decision: string | undefined;
  /** Which outputs of Switch nodes the branch that is being traced reads. */
  side: number | undefined;
  isMany = false;
  trouble: string | undefined;
  readonly #web: NodeWeb;

  constructor(web: NodeWeb) {
    this.#web = web;
  }

  readonly boundary: Boundary = (node, reference) => {
    const { output } = parseReference(reference);
    const isMany = node.op === '_SwitchN';
    if (node.op === 'Switch' || isMany) {
      if (this.#web.isLoopSwitch(node)) return this.#capture(reference);
      this.#guard(node, output);
      this.isMany = isMany;
      return this.#capture(node.inputs[0] ?? '');
    }
    const isOutside =
      node.op === 'Enter' ||
      node.op === 'Placeholder' ||
      node.op === '_Arg' ||
      this.#web.frameOfMerge.has(node.name);
    return isOutside ? this.#capture(reference) : undefined;
  };

  #guard({ inputs }: TfNode, side: number): void {
    const [, decision = ''] = inputs;
    this.decision ??= decision;
    this.side ??= side;
    if (!this.#isSame(decision, this.decision))
      this.trouble = 'its branches depend on two conditions';
    if (this.side !== side) this.trouble = 'one of its branches reads values of both sides';
  }

  /** Identities of one condition are that condition. */
  #isSame(a: string, b: string): boolean {
    return a === b || this.#rootOf(a) === this.#rootOf(b);
  }

  #rootOf(reference: string): string {
    const seen = new Set<string>();
    let root = reference;
    for (let node = this.#web.node(root); node?.op === 'Identity' && !seen.has(root); ) {
      seen.add(root);
      root = node.inputs[0] ?? '';
      node = this.#web.node(root);
    }
    return root;
  }

  #capture(reference: string): string {
    const known = this.captured.get(reference);
    if (known !== undefined) return known;
    const parameter = this.#web.fresh(`captured/${this.captured.size}`);
    this.captured.set(reference, parameter);
    return parameter;
  }
}
