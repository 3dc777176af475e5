/** Functions and graphs of the file as the converter wants them: needed nodes alone, outputs by number. */
import { ModelError } from '../../../base/errors.ts';
import { parseReference, type TfFunction, type TfNode } from '../tf-graph.ts';
import type { RawFunction } from './function.ts';
import type { FunctionLibrary } from './graph.ts';
import type { RawNode } from './node.ts';
import { outputNumber } from './op-outputs.ts';

/** What is asked of a library, whatever file its functions lie in. */
export type Functions = Pick<FunctionLibrary, 'has' | 'get'>;

const NO_ATTRIBUTES = new Map();

/** Several ask for the same ones: what they set, what they read, and the converter. */
const resolved = new WeakMap<RawFunction, TfFunction>();

/** What its results need. @throws ModelError when it reads what it does not hold */
export function resolveFunction(raw: RawFunction, functions: Functions): TfFunction {
  const known = resolved.get(raw);
  if (known) return known;
  const made = resolveAnew(raw, functions);
  resolved.set(raw, made);
  return made;
}

function resolveAnew(raw: RawFunction, functions: Functions): TfFunction {
  const parameters = raw.parameters.map(({ name }) => name);
  const own = new Set(parameters);
  const resolve = (reference: string): string => {
    if (own.has(reference)) return reference;
    const [name = '', output = '', index = '0'] = splitReference(reference);
    const node = raw.nodes.get(name);
    if (!node)
      throw new ModelError(
        `the function '${raw.name.slice(0, 200)}' reads '${reference.slice(0, 200)}', which it does not hold`,
      );
    const number = numberOf(node, output, wholeNumber(index), functions);
    return number === 0 ? name : `${name}:${number}`;
  };
  const results = raw.outputs.map((output) => resolve(raw.results.get(output) ?? ''));
  const nodes: TfNode[] = raw.parameters.map(({ name, type }) => ({
    name,
    op: '_Arg',
    inputs: [],
    attributes: new Map([['T', { kind: 'type', value: type }]]),
  }));
  const seen = new Set(parameters);
  const open = results.map(nodeOf);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const node = raw.nodes.get(name);
    if (!node) continue;
    const inputs = node.inputs.map(resolve);
    open.push(...inputs.map(nodeOf));
    nodes.push({ name, op: node.op, inputs, attributes: node.attributes ?? NO_ATTRIBUTES });
  }
  return { name: raw.name, parameters, nodes, results };
}

const nodeOf = (reference: string): string => parseReference(reference).node;

/** `node:output:0`; names of nodes hold no colon. */
const splitReference = (reference: string): string[] => reference.split(':', 3);

function wholeNumber(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

/** A node whose op is a function has that function's outputs. */
function numberOf(node: RawNode, output: string, index: number, functions: Functions): number {
  if (!functions.has(node.op)) return outputNumber(node, output, index);
  return Math.max(functions.get(node.op).outputs.indexOf(output), 0);
}
