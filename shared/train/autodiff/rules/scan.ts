/**
 * Scan: another Scan over the steps from the last to the first, which does each step again and goes back through it.
 * The states before each step are kept for it.
 */
import { UnsupportedError } from '../../../base/errors.ts';
import { intOf, intsOf } from '../../../onnx/attributes.ts';
import { capturedNames } from '../../../onnx/graph-walk.ts';
import { makeNode } from '../../../onnx/make-node.ts';
import type { Graph, Node, ValueInfo } from '../../../onnx/model.ts';
import type { Shape } from '../../emitter.ts';
import { neededFor } from '../operands.ts';
import { type GradientRule, type Gradients, NoGradient, type RuleInput } from '../rule.ts';
import { zeros } from './along-axis.ts';

/** A Scan, taken apart. */
interface Parts {
  readonly body: Graph;
  readonly states: number;
  readonly sequences: number;
  /** 1 for a sequence that is read from its end, or a result that is written from there. */
  readonly directions: readonly number[];
  readonly resultDirections: readonly number[];
}

const scan: GradientRule = (input) => {
  const { back, node, gradients, needs } = input;
  const parts = takenApart(node);
  const { body, states, sequences } = parts;
  const names = body.inputs.map(({ name }) => name);
  const isFloat = (name: string): boolean => back.shapes.has(name);
  const captured = [...capturedNames(body)].filter((_, at) => needs(node.inputs.length + at));
  const wanted = [
    ...names.slice(0, states).filter(isFloat),
    ...names.slice(states).filter((name, at) => isFloat(name) && needs(states + at)),
    ...captured,
  ];
  const step = stepBack(input, parts, wanted);
  const kept = withStatesKept(input, parts);
  const carried = names.slice(0, states).filter(isFloat);
  const summed = captured.filter((name) => step.found.gradients.has(name));
  const written = names
    .slice(states)
    .filter((name) => wanted.includes(name) && step.found.gradients.has(name));
  const given = [...step.ofResults.keys()];
  const count = countOf(input, parts);
  const before = [
    ...carried.map((name) => gradients[names.indexOf(name)] ?? zeros(back, back.shapeOf(name))),
    ...summed.map((name) => zeros(back, back.shapeOf(name))),
  ];
  const directionOf = (name: string): number => parts.directions[names.indexOf(name) - states] ?? 0;
  const outputs = back.emitAll(
    'Scan',
    [
      ...before,
      ...kept,
      ...node.inputs.slice(states),
      ...given.map((result) => gradients[states + result] ?? ''),
    ],
    [
      ...before.map((name) => back.shapeOf(name)),
      ...written.map((name): Shape => [count, ...back.shapeOf(name)]),
    ],
    {
      attributes: {
        body: bodyOf(input, parts, { step, carried, summed, written }),
        num_scan_inputs: kept.length + sequences + given.length,
        scan_input_directions: [
          ...kept.map(() => 1),
          ...Array.from({ length: sequences }, (_, at) => 1 - (parts.directions[at] ?? 0)),
          ...given.map((result) => 1 - (parts.resultDirections[result] ?? 0)),
        ],
        scan_output_directions: written.map((name) => 1 - directionOf(name)),
      },
    },
  );
  const made = [...carried, ...summed, ...written];
  return [...names, ...capturedNames(body)].map((name) => outputs[made.indexOf(name)]);
};

/** How many steps there are, as any sequence tells. */
function countOf({ back, node }: RuleInput, { states }: Parts): number {
  const [sequence] = [...node.inputs.slice(states), ...node.outputs.slice(states)].flatMap(
    (name) => back.shapes.get(name) ?? [],
  );
  if (sequence === undefined) throw new NoGradient('Scan over nothing of float32');
  return sequence;
}

function takenApart(node: Node): Parts {
  const body = node.attributes.get('body');
  if (body?.type !== 'graph') throw new NoGradient('Scan without a body');
  for (const name of ['scan_input_axes', 'scan_output_axes'])
    if (intsOf(node, name)?.some((axis) => axis !== 0))
      throw new NoGradient('Scan along another axis than the first');
  const sequences = intOf(node, 'num_scan_inputs', 0);
  return {
    body: body.value,
    states: node.inputs.length - sequences,
    sequences,
    directions: intsOf(node, 'scan_input_directions') ?? [],
    resultDirections: intsOf(node, 'scan_output_directions') ?? [],
  };
}

/** One step, back again. */
interface StepBack {
  readonly found: Gradients;
  /** Of the body: what it does and what gradients are made of. */
  readonly initializers: Graph['initializers'];
  /** Names by which the body is fed gradients: of its states, and of its results by their number. */
  readonly ofStates: ReadonlyMap<string, string>;
  readonly ofResults: ReadonlyMap<number, string>;
}

/** Differentiates Σ gradient · value over what the step gives. */
function stepBack(input: RuleInput, { body, states }: Parts, wanted: readonly string[]): StepBack {
  const { back, gradients, nested } = input;
  const fed = new Map<string, Shape>();
  const feed = (like: string): string => {
    const name = back.fresh('of_step');
    fed.set(name, back.shapeOf(like));
    return name;
  };
  const ofStates = new Map<string, string>();
  const ofResults = new Map<number, string>();
  const pairs = body.outputs.flatMap(({ name }, at): [string, string][] => {
    const own = body.inputs[at]?.name ?? '';
    const isWanted = at < states ? back.shapes.has(own) : gradients[at] !== undefined;
    if (!isWanted) return [];
    const gradient = feed(name);
    if (at < states) ofStates.set(own, gradient);
    else ofResults.set(at - states, gradient);
    return [[name, gradient]];
  });
  const head = back.inner(fed);
  const sums = pairs.map(([value, gradient]) => {
    const product = head.emit('Mul', [value, gradient], head.shapeOf(value));
    return head.emit('ReduceSum', [product], [], { attributes: { keepdims: 0 } });
  });
  const loss = head.emit('Sum', sums, []);
  const graph: Graph = {
    ...body,
    nodes: [...body.nodes, ...head.nodes],
    initializers: new Map([...body.initializers, ...head.initializers]),
  };
  const found = differentiated(() => nested(graph, { loss, by: wanted, shapes: head.shapes }));
  if (found.inTheWay.length > 0) throw new NoGradient(`Scan around ${found.inTheWay.join(', ')}`);
  const initializers = new Map([...graph.initializers, ...found.initializers]);
  return { found, initializers, ofStates, ofResults };
}

function differentiated(nested: () => Gradients): Gradients {
  try {
    return nested();
  } catch (error) {
    if (error instanceof UnsupportedError) throw new NoGradient(`Scan: ${error.message}`);
    throw error;
  }
}

/** Makes the node give its states before each step, too: [T, …], the first step first. */
function withStatesKept(
  { back, node }: RuleInput,
  { body, states, resultDirections }: Parts,
): string[] {
  const before = body.inputs.slice(0, states);
  const inner = before.map(({ type }): ValueInfo => ({ name: back.fresh('before_step'), type }));
  const nodes = before.map(({ name }, at) => makeNode('Identity', [name], [inner[at]?.name ?? '']));
  const changed: Graph = {
    ...body,
    nodes: [...body.nodes, ...nodes],
    outputs: [...body.outputs, ...inner],
  };
  const results = body.outputs.length - states;
  const directions = Array.from({ length: results }, (_, at) => resultDirections[at] ?? 0);
  const attributes = new Map(node.attributes);
  attributes.set('body', { type: 'graph', value: changed });
  attributes.set('scan_output_directions', {
    type: 'ints',
    value: [...directions, ...inner.map(() => 0)],
  });
  attributes.delete('scan_output_axes');
  const kept = before.map(() => back.fresh('states'));
  const outputs = Array.from({ length: body.outputs.length }, (_, at) => node.outputs[at] ?? '');
  back.forward.set(node, { ...node, attributes, outputs: [...outputs, ...kept] });
  return kept;
}

/** The backward step: gradients of states and sums in and out, the step's own states and parts, gradients of results. */
function bodyOf(
  { back }: RuleInput,
  { body, states }: Parts,
  made: {
    readonly step: StepBack;
    readonly carried: readonly string[];
    readonly summed: readonly string[];
    readonly written: readonly string[];
  },
): Graph {
  const { step, carried, summed, written } = made;
  const { gradients } = step.found;
  const sums = new Map(summed.map((name) => [back.fresh('sum'), back.shapeOf(name)]));
  const tail = back.inner(sums);
  const zero = (name: string): string => tail.expand(tail.scalar(0), back.shapeOf(name));
  // A value that a body gives must be no other's, and not one that it is fed.
  const own = (name: string, shape: Shape): string => tail.emit('Identity', [name], shape);
  const nextStates = carried.map((name) =>
    own(gradients.get(name) ?? zero(name), back.shapeOf(name)),
  );
  const nextSums = [...sums.keys()].map((sum, at) => {
    const name = summed[at] ?? '';
    return tail.emit('Add', [sum, gradients.get(name) ?? ''], back.shapeOf(name));
  });
  const parts = written.map((name) => own(gradients.get(name) ?? '', back.shapeOf(name)));
  const info = (name: string, shape: Shape): ValueInfo => ({
    name,
    type: { kind: 'tensor', elementType: 'float32', shape: [...shape] },
  });
  const outputs = [...nextStates, ...nextSums, ...parts];
  const fedStates = carried.map((name) => info(step.ofStates.get(name) ?? '', back.shapeOf(name)));
  const fedResults = [...step.ofResults].map(([result, name]) =>
    info(name, back.shapeOf(body.outputs[states + result]?.name ?? '')),
  );
  return {
    ...body,
    name: 'step_back',
    nodes: neededFor(outputs, [...step.found.nodes, ...tail.nodes]),
    initializers: new Map([...step.initializers, ...tail.initializers]),
    inputs: [
      ...fedStates,
      ...[...sums].map(([name, shape]) => info(name, shape)),
      ...body.inputs.map((own) =>
        back.shapes.has(own.name) ? info(own.name, back.shapeOf(own.name)) : own,
      ),
      ...fedResults,
    ],
    outputs: outputs.map((name) => info(name, tail.shapeOf(name))),
    valueInfo: new Map(),
  };
}

/** By op type. */
export const SCANS: Readonly<Record<string, GradientRule>> = { Scan: scan };
