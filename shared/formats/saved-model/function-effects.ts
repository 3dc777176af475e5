/** Which parameters of functions are variables that they set, and which they read: through all calls. */
import type { RawFunction } from '../tf/proto/function.ts';
import type { FunctionLibrary } from '../tf/proto/graph.ts';
import type { RawNode } from '../tf/proto/node.ts';
import { resolveFunction } from '../tf/proto/resolve-function.ts';
import { functionsIn, type TfNode } from '../tf/tf-graph.ts';

/** Ops that change the variable that is their first input. Source: the op registry of TensorFlow 2.21. */
const CHANGES =
  /^Assign|^(Resource)?(Sparse)?Apply[A-Z]|^(Resource)?Scatter(Nd)?(Add|Sub|Mul|Div|Min|Max|Update)$|^(Resource)?StridedSliceAssign$|^(Resource)?CountUpTo$/;

/** Whether an op changes the variable that is its first input. */
export const changesVariable = (op: string): boolean => CHANGES.test(op);

/** An op of an optimizer. */
export const trains = (op: string): boolean => /^(Resource)?(Sparse)?Apply[A-Z]/.test(op);

/** Places of parameters. */
export interface Effects {
  readonly changed: ReadonlySet<number>;
  readonly read: ReadonlySet<number>;
}

type Kind = 'changed' | 'read';

interface Summary {
  readonly changed: Set<number>;
  readonly read: Set<number>;
  /** For each call: the function, and for each of its parameters the own one that it is given. */
  readonly calls: readonly Call[];
}

interface Call {
  readonly target: string;
  readonly given: ReadonlyMap<number, number>;
  /** Whether the results need it: what else is read does not matter. */
  readonly isNeeded: boolean;
}

/** Effects of every function that is reached from `names`. */
export function effectsOf(
  names: Iterable<string>,
  library: FunctionLibrary,
): ReadonlyMap<string, Effects> {
  const summaries = new Map<string, Summary>();
  const callers = new Map<string, Set<string>>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (summaries.has(name) || !library.has(name)) continue;
    const summary = summarize(library.get(name), library);
    summaries.set(name, summary);
    for (const { target } of summary.calls) {
      callers.set(target, (callers.get(target) ?? new Set()).add(name));
      open.push(target);
    }
  }
  spread(summaries, callers);
  return summaries;
}

/** Takes effects from callees to callers until nothing is new. */
function spread(
  summaries: ReadonlyMap<string, Summary>,
  callers: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  const open = new Set(summaries.keys());
  for (const name of open) {
    open.delete(name);
    const own = summaries.get(name);
    if (!own) continue;
    const before = own.changed.size + own.read.size;
    for (const { target, given, isNeeded } of own.calls) {
      const theirs = summaries.get(target);
      for (const [parameter, mine] of given) {
        if (theirs?.changed.has(parameter)) own.changed.add(mine);
        if (isNeeded && theirs?.read.has(parameter)) own.read.add(mine);
      }
    }
    if (own.changed.size + own.read.size > before)
      for (const caller of callers.get(name) ?? []) open.add(caller);
  }
}

function summarize(raw: RawFunction, library: FunctionLibrary): Summary {
  const places = new Map(raw.parameters.map(({ name }, index) => [name, index]));
  const needed = new Map(resolveFunction(raw, library).nodes.map((node) => [node.name, node]));
  const effects: Readonly<Record<Kind, Set<number>>> = { changed: new Set(), read: new Set() };
  const calls: Call[] = [];
  for (const node of raw.nodes.values()) {
    const isNeeded = needed.has(node.name);
    const targets = targetsOf(node, library);
    if (targets.length > 0) {
      const given = new Map<number, number>();
      for (const [index, input] of argumentsOf(node).entries()) {
        const place = places.get(input);
        if (place !== undefined) given.set(index, place);
      }
      for (const target of targets) calls.push({ target, given, isNeeded });
      continue;
    }
    for (const [index, input] of node.inputs.entries()) {
      const place = places.get(input);
      if (place === undefined) continue;
      if (index === 0 && changesVariable(node.op)) effects.changed.add(place);
      else if (isNeeded) effects.read.add(place);
    }
  }
  return { ...effects, calls };
}

/** The functions that a node calls; none for other nodes. */
export function targetsOf(node: TfNode, library: FunctionLibrary): string[] {
  if (library.has(node.op)) return [node.op];
  return [...functionsIn(node.attributes)].filter((name) => library.has(name));
}

/** What a call gives to its functions: the first input of If and Case is the choice. */
export const argumentsOf = (node: RawNode | TfNode): readonly string[] =>
  /^(Stateless)?(If|Case)$/.test(node.op) ? node.inputs.slice(1) : node.inputs;
