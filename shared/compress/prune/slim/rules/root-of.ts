/** The constant behind a value that is nothing but that constant in another order. */
import type { Labels } from '../channels.ts';
import type { Contraction, Trace } from '../trace.ts';

const MOVES: ReadonlySet<string> = new Set([
  'Cast',
  'Identity',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

/** Its name; `undefined` for a value that depends on more. */
export function rootOf(name: string, trace: Trace): string | undefined {
  let at = name;
  while (!trace.context.constant(at)) {
    const node = trace.context.editor.producer(at);
    const [input = ''] = node?.inputs ?? [];
    if (node?.domain !== '' || !MOVES.has(node.opType) || input === '') return undefined;
    at = input;
  }
  return at;
}

/** The constant behind a value, and its axis that has these very labels. */
export function weightOf(
  name: string,
  labels: Labels | undefined,
  trace: Trace,
): Pick<Contraction, 'weight'> {
  const root = rootOf(name, trace);
  const axis = root === undefined ? -1 : (trace.axesOf(root) ?? []).indexOf(labels);
  return root === undefined || !labels || axis < 0 ? {} : { weight: { name: root, axis } };
}
