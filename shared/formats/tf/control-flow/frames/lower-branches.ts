/** Switch … Merge of TensorFlow 1 → If or Case and the functions that it calls. */
import { parseReference, type TfNode } from '../../tf-graph.ts';
import { define } from './lower-loop.ts';
import type { NodeWeb } from './node-web.ts';
import { type Boundary, Discovery, dependsOn, type Trace, trace } from './trace.ts';

/** More than a Case has. */
const MAX_BRANCHES = 64;

/** Finds what has to be rewritten before the branches that end in a Merge. */
export const discoverBranches = (web: NodeWeb, name: string): Discovery =>
  new Discovery(web, web.nodes.get(name)?.inputs ?? [], new Guards(web).boundary);

/** Rewrites branches in which nothing is left to rewrite, with others that end behind the same condition. */
export function lowerBranches(web: NodeWeb, name: string, siblings: readonly string[]): void {
  const merge = web.nodes.get(name);
  if (merge?.op !== 'Merge') return;
  const own = readBranches(web, [merge]);
  if (own.kind === 'trouble') {
    web.refuse(merge, own.reason);
    return;
  }
  const group = [merge];
  for (const sibling of siblings) {
    const other = sibling === name ? undefined : web.nodes.get(sibling);
    if (other?.op !== 'Merge' || decisionOf(web, other) !== own.guards.root) continue;
    const together = [...group, other];
    if (discoverBranches(web, sibling).next().length > 0) continue;
    const read = readBranches(web, together);
    if (read.kind !== 'read') continue;
    const needs = [read.guards.decision ?? '', ...read.guards.captured.keys()];
    if (!dependsOn(web, needs, new Set(together.map((node) => node.name)))) group.push(other);
  }
  const read = group.length > 1 ? readBranches(web, group) : own;
  if (read.kind === 'read') write(web, group, read);
}

/** On what the branches in front of a Merge depend, when it is one condition. */
function decisionOf(web: NodeWeb, merge: TfNode): string | undefined {
  const known = web.decisions.get(merge.name);
  if (known !== undefined) return known;
  const read = readBranches(web, [merge]);
  const root = read.kind === 'read' ? read.guards.root : undefined;
  if (root !== undefined) web.decisions.set(merge.name, root);
  return root;
}

type Reading =
  | { readonly kind: 'trouble'; readonly reason: string }
  | {
      readonly kind: 'read';
      readonly guards: Guards;
      /** By the number of the branch. */
      readonly branches: readonly Trace[];
    };

/** What the branches that end in some Merge nodes are made of. */
function readBranches(web: NodeWeb, group: readonly TfNode[]): Reading {
  const guards = new Guards(web);
  const count = group[0]?.inputs.length ?? 0;
  if (count > MAX_BRANCHES) return trouble(`it has ${count} branches`);
  const wanted: string[][] = Array.from({ length: count }, () => []);
  for (const { name, inputs } of group) {
    if (web.references.has(`${name}:1`))
      return trouble('the number of the branch that was taken is read');
    const sides: (number | undefined)[] = [];
    for (const input of inputs) {
      guards.side = undefined;
      trace(web, [input], guards.boundary);
      sides.push(guards.side);
    }
    const resolved = inputs.length === count ? resolveSides(sides) : undefined;
    if (!resolved) return trouble('its branches do not say when each is taken');
    for (const [place, side] of resolved.entries()) wanted[side]?.push(inputs[place] ?? '');
  }
  if (guards.trouble !== undefined) return trouble(guards.trouble);
  if (guards.decision === undefined) return trouble('nothing decides which of its inputs is there');
  const branches = wanted.map((references) => trace(web, references, guards.inside));
  return { kind: 'read', guards, branches };
}

const trouble = (reason: string): Reading => ({ kind: 'trouble', reason });

function write(
  web: NodeWeb,
  group: readonly TfNode[],
  { guards, branches }: Extract<Reading, { kind: 'read' }>,
): void {
  const parameters = [...guards.captured.values()];
  const inputs = [guards.decision ?? '', ...guards.captured.keys()];
  const name = web.fresh(`${group[0]?.name}/branches`);
  const names = branches.map((branch, side) => {
    const made = web.fresh(`${name}/${side}`);
    define(web, made, parameters, branch);
    return made;
  });
  const functions = names.map((value) => ({ kind: 'function', value }) as const);
  const [no, yes] = functions;
  if (guards.isMany || !yes || !no)
    web.replace(name, 'Case', inputs, [['branches', { kind: 'list', value: functions }]]);
  else
    web.replace(name, 'If', inputs, [
      ['then_branch', yes],
      ['else_branch', no],
    ]);
  for (const [place, merge] of group.entries())
    web.replace(merge.name, 'Identity', [`${name}:${place}`]);
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

  /** The same, when it is known already that all is as it should be. */
  readonly inside: Boundary = (node, reference) => {
    this.side = undefined;
    return this.boundary(node, reference);
  };

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

  /** The decision, Identities of it left out. */
  get root(): string | undefined {
    return this.decision === undefined ? undefined : this.#rootOf(this.decision);
  }

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
