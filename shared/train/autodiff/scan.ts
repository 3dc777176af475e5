/** A recurrence in the backward graph: one Scan, whatever the count of steps. */
import type { Graph, ValueInfo } from '../../onnx/model.ts';
import type { Shape } from '../emitter.ts';
import type { Backward } from './backward.ts';

export interface ScanOptions {
  /** Values before the first step. */
  readonly states: readonly string[];
  /** Values with an axis of steps in front. */
  readonly sequences: readonly string[];
  /** From the last step to the first; results lie in the order of the operands all the same. */
  readonly isBackward?: boolean;
  /** Emits one step: new states, and what it gives beside them. */
  readonly step: (
    body: Backward,
    states: readonly string[],
    sequences: readonly string[],
  ) => { readonly states: readonly string[]; readonly results: readonly string[] };
}

export interface Scanned {
  /** After the last step. */
  readonly states: readonly string[];
  /** With an axis of steps in front. */
  readonly results: readonly string[];
}

/** At least one sequence is needed. */
export function scan(back: Backward, options: ScanOptions): Scanned {
  const { states, sequences, isBackward = false, step } = options;
  const [count = 0] = back.shapeOf(sequences[0] ?? '');
  const fed = new Map<string, Shape>();
  const feed = (shape: Shape): string => {
    const name = back.fresh('fed');
    fed.set(name, shape);
    return name;
  };
  const ownStates = states.map((name) => feed(back.shapeOf(name)));
  const ownParts = sequences.map((name) => feed(back.shapeOf(name).slice(1)));
  const body = back.inner(fed);
  const emitted = step(body, ownStates, ownParts);
  // onnxruntime 1.30 loses a value that a body gives twice.
  const results = emitted.results.map((name) =>
    emitted.states.includes(name) ? body.unary('Identity', name) : name,
  );
  const made = { states: emitted.states, results };
  const info = (name: string): ValueInfo => ({
    name,
    type: { kind: 'tensor', elementType: 'float32', shape: [...body.shapeOf(name)] },
  });
  const graph: Graph = {
    name: 'step',
    nodes: body.nodes,
    initializers: body.initializers,
    sparseInitializers: [],
    inputs: [...ownStates, ...ownParts].map(info),
    outputs: [...made.states, ...made.results].map(info),
    valueInfo: new Map(),
  };
  const direction = isBackward ? 1 : 0;
  const outputs = back.emitAll(
    'Scan',
    [...states, ...sequences],
    [
      ...states.map((name) => back.shapeOf(name)),
      ...made.results.map((name) => [count, ...body.shapeOf(name)]),
    ],
    {
      attributes: {
        body: graph,
        num_scan_inputs: sequences.length,
        scan_input_directions: sequences.map(() => direction),
        scan_output_directions: made.results.map(() => direction),
      },
    },
  );
  return { states: outputs.slice(0, states.length), results: outputs.slice(states.length) };
}
