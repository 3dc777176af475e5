/** One try at inferring a set of nodes: a skeleton, loaded by onnxruntime, and what it then reports. */
import { LimitError, ToolError } from '../../base/errors.ts';
import type { Model, Node, ValueType } from '../../onnx/model.ts';
import { encodeModel } from '../../onnx/write-model.ts';
import type { ChildValue } from '../child/protocol.ts';
import { RuntimeAnswerError, RuntimeLostError } from '../runtime-process.ts';
import { buildSkeleton, type SkeletonParts } from './skeleton.ts';

/** Loads model bytes without optimizing them, and gives the outputs' types. */
export type Ask = (bytes: Uint8Array) => Promise<readonly ChildValue[]>;

export type Attempt =
  | { readonly types: Map<string, ValueType> }
  /** onnxruntime's message, or how its process ended. */
  | { readonly failure: string };

/** Types of everything that the nodes make; in the world of stand-ins, see stand-in.ts. */
export async function attemptInference(
  ask: Ask,
  parts: Omit<SkeletonParts, 'outputs'>,
): Promise<Attempt> {
  const outputs = parts.nodes.flatMap((node) => node.outputs.filter((name) => name !== ''));
  if (outputs.length === 0) return { types: new Map() };
  try {
    const types = new Map<string, ValueType>();
    const rankless: string[] = [];
    for (const { name, tensor } of await ask(encodeModel(buildSkeleton({ ...parts, outputs })))) {
      if (!tensor) continue;
      types.set(name, { kind: 'tensor', elementType: tensor.type, shape: tensor.shape });
      if (tensor.shape.length === 0) rankless.push(name);
    }
    for (const name of await withoutRank(ask, parts, rankless)) {
      const type = types.get(name);
      if (type?.kind === 'tensor') types.set(name, { ...type, shape: null });
    }
    return { types };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { failure };
  }
}

/**
 * onnxruntime-node reports `[]` for a scalar and for an unknown rank. The shape of a Shape node's
 * output tells them apart: `[0]` for the one, unknown for the other.
 */
async function withoutRank(
  ask: Ask,
  parts: Omit<SkeletonParts, 'outputs'>,
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const probes = names.map(
    (name, index): Node => ({
      opType: 'Shape',
      domain: '',
      name: '',
      inputs: [name],
      outputs: [`${index}:fettle_rank`],
      attributes: new Map(),
    }),
  );
  const model: Model = buildSkeleton({
    ...parts,
    nodes: [...parts.nodes, ...probes],
    outputs: probes.flatMap((probe) => probe.outputs),
  });
  const reported = await ask(encodeModel(model));
  return names.filter((_, index) => reported[index]?.tensor?.shape[0] !== 0);
}

/** What the failure says about the skeleton; `undefined` when it says nothing (a time-out, an abort). */
function failureOf(error: unknown): string | undefined {
  if (error instanceof RuntimeLostError || error instanceof LimitError) return undefined;
  if (error instanceof RuntimeAnswerError || error instanceof ToolError)
    return error.message.replaceAll(/\s+/g, ' ').trim();
  return undefined;
}
