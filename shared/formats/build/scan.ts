/** A step that is repeated along the first axis of a sequence, its state carried on: ONNX Scan. */
import type { Builder } from './builder.ts';
import type { Value } from './value.ts';

/** What a step makes of its part of the sequences and of the states. */
export interface ScanStep {
  readonly output: Value;
  readonly states: readonly Value[];
}

/**
 * Runs `step` over `sequences` `[T, …]`, from the end when `isReverse`. Outputs are `[T, …]` in the order in
 * which the steps ran.
 */
export function scan(
  b: Builder,
  sequences: readonly Value[],
  initial: readonly Value[],
  isReverse: boolean,
  step: (body: Builder, parts: readonly Value[], states: readonly Value[]) => ScanStep,
): ScanStep {
  const body = b.child();
  const states = initial.map((state) => body.parameter('state', state.type, state.shape));
  const parts = sequences.map((sequence) =>
    body.parameter('step', sequence.type, sequence.sizes.slice(1)),
  );
  const made = step(body, parts, states);
  for (const state of made.states) body.output(body.fresh('next'), state);
  body.output(body.fresh('made'), made.output);
  const names = b.node(
    'Scan',
    [...initial, ...sequences].map((value) => b.hold(value)),
    {
      body: body.graph('body'),
      num_scan_inputs: sequences.length,
      ...(isReverse && { scan_input_directions: sequences.map(() => 1) }),
    },
    initial.length + 1,
  );
  const [steps = null] = sequences[0]?.sizes ?? [];
  return {
    states: made.states.map((state, index) => b.named(names[index] ?? '', state.type, state.shape)),
    output: b.named(names.at(-1) ?? '', made.output.type, [steps, ...made.output.sizes]),
  };
}
