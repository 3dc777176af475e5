/** One loop of TensorFlow 1 → While and the functions that it calls. */
import { parseReference, type TfNode } from '../../tf-graph.ts';
import type { Frame, NodeWeb } from './node-web.ts';
import { type Boundary, Discovery, type Trace, trace } from './trace.ts';

/** Finds what has to be rewritten before the loop. */
export function discoverLoop(web: NodeWeb, frame: Frame): Discovery {
  const wanted = [
    ...nextValues(web, frame),
    ...(frame.condition === undefined ? [] : [frame.condition]),
  ];
  return new Discovery(web, wanted, boundaryOf(web, frame));
}

const nextValues = (web: NodeWeb, { variables }: Frame): string[] =>
  variables.map(({ next }) => web.nodes.get(next)?.inputs[0] ?? '');

/** Rewrites a loop in which nothing is left to rewrite. */
export function lowerLoop(web: NodeWeb, frame: Frame): void {
  const { variables, constants, condition, exits } = frame;
  if (condition === undefined) return;
  const parameters = [...variables.map(({ merge }) => merge), ...constants];
  const boundary = boundaryOf(web, frame);
  const body = trace(web, nextValues(web, frame), boundary);
  const goOn = trace(web, [condition], boundary);
  const name = web.fresh(`${frame.name || 'loop'}/while`);
  const functions = { cond: `${name}/cond`, body: `${name}/body` };
  define(web, functions.cond, parameters, goOn);
  define(web, functions.body, parameters, {
    ...body,
    // What is constant is handed on as it is.
    results: [...body.results, ...constants],
  });
  const enters = [...variables.map(({ enter }) => enter), ...constants];
  const inputs = enters.map((enter) => web.nodes.get(enter)?.inputs[0] ?? '');
  web.replace(name, 'While', inputs, [
    ['cond', { kind: 'function', value: functions.cond }],
    ['body', { kind: 'function', value: functions.body }],
  ]);
  for (const { exit, place } of exits) web.replace(exit, 'Identity', [`${name}:${place}`]);
}

/** Adds a function whose parameters are nodes of these names. */
export function define(
  web: NodeWeb,
  name: string,
  parameters: readonly string[],
  { nodes, results }: Trace,
): void {
  const inputs = parameters.map(
    (parameter): TfNode => ({ name: parameter, op: '_Arg', inputs: [], attributes: new Map() }),
  );
  web.functions.set(name, { name, parameters, nodes: [...inputs, ...nodes], results });
}

/** Variables and constants of the loop, as the body and the condition read them. */
function boundaryOf(web: NodeWeb, { variables, constants }: Frame): Boundary {
  const merges = new Set(variables.map(({ merge }) => merge));
  const entered = new Set(constants);
  return (node, reference) => {
    const { output } = parseReference(reference);
    if (merges.has(node.name) && output === 0) return node.name;
    if (entered.has(node.name)) return node.name;
    const [data = ''] = node.inputs;
    const merge = parseReference(data).node;
    const isNext = node.op === 'Switch' && output === 1 && web.isLoopSwitch(node);
    return isNext && merges.has(merge) ? merge : undefined;
  };
}
