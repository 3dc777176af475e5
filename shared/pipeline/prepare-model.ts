/** The exactly optimized float32 form of a model, and what is said of it. */
import { acceptModel } from '../onnx/accept-model.ts';
import type { Model } from '../onnx/model.ts';
import { optimizeExact } from '../passes/optimize-exact.ts';
import type { PassReport } from '../rewrite/pass.ts';
import { checkSourceOpset, checkWrittenOpset } from './check-opset.ts';
import { describeModel } from './inspect.ts';
import { modelFacts } from './model-facts.ts';
import type { Prepared } from './steps/prepare.ts';

export interface PreparedModel {
  readonly model: Model;
  readonly facts: Omit<Prepared, 'model'>;
}

/** @throws ModelError for what is none, UnsupportedError where it is above `opset` */
export async function prepareModel(
  given: Model,
  opset: number | undefined,
): Promise<PreparedModel> {
  const { model: source, notes } = acceptModel(given);
  checkSourceOpset(source, opset);
  const before = describeModel(source);
  const { model, report } = await optimizeExact(source);
  checkWrittenOpset(model, opset);
  const after = describeModel(model);
  const { inputs, outputs, nodes, opsets } = after;
  return {
    model,
    facts: {
      opset: opsets['ai.onnx'] ?? 0,
      inputs,
      outputs,
      facts: await modelFacts(model),
      sourceOps: before.nodes,
      passes: changesOf(report),
      notes: [
        ...notes,
        ...(nodes < before.nodes ? [`exact rewrites: ${before.nodes} nodes became ${nodes}`] : []),
      ],
    },
  };
}

function changesOf(reports: readonly PassReport[]): Record<string, number> {
  const changes: Record<string, number> = {};
  for (const { name, changes: counts } of reports) {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (total > 0) changes[name] = (changes[name] ?? 0) + total;
  }
  return changes;
}
