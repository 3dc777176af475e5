/** Signatures that train a model are told before anything is converted. */
import { UnsupportedError } from '../../base/errors.ts';
import type { RawNode } from '../tf/proto/node.ts';
import { type Chosen, listed, signatureNames } from './choose-signature.ts';
import { targetsOf, trains } from './function-effects.ts';
import { reachedFrom } from './run-scope.ts';
import type { MetaGraph, Signature } from './saved-model-proto.ts';

/** @throws UnsupportedError, with the signatures that only infer, when what the outputs need runs an optimizer */
export function refuseTraining(meta: MetaGraph, { name, signature }: Chosen, shown: string): void {
  const op = trainingOp(meta, signature);
  if (op === undefined) return;
  const others = signatureNames(meta.signatures).filter((other) => {
    const its = meta.signatures.get(other);
    return its && trainingOp(meta, its) === undefined;
  });
  throw new UnsupportedError(
    `the signature "${name}" of ${shown} trains the model: it runs ${op}`,
    {
      hint:
        others.length > 0
          ? `Choose one that infers with --signature: ${listed(others)}.`
          : 'Export a signature that infers.',
    },
  );
}

/** The op of an optimizer that is run for the outputs, in functions too. */
function trainingOp({ graph }: MetaGraph, { outputs }: Signature): string | undefined {
  const seen = new Set<string>();
  const main = [...outputs.values()].map(({ tensor }) => tensor);
  const open: Iterable<RawNode>[] = [reachedFrom(graph.nodes, main)];
  for (let nodes = open.pop(); nodes !== undefined; nodes = open.pop()) {
    for (const node of nodes) {
      if (trains(node.op)) return node.op;
      for (const target of targetsOf(node, graph.functions)) {
        if (seen.has(target)) continue;
        seen.add(target);
        open.push(graph.functions.get(target).nodes.values());
      }
    }
  }
  return undefined;
}
