/** The quantized model of a trained form: what static int8 writes, with the weights as they were trained. */
import { DefectError } from '../../../base/errors.ts';
import { editModel } from '../../../onnx/edit-model.ts';
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import { concatIntoPad } from '../../../passes/concat-into-pad.ts';
import { raiseOpset } from '../../../passes/raise-opset.ts';
import { removeDeadCode } from '../../../passes/remove-dead-code.ts';
import { runPasses } from '../../../rewrite/run-passes.ts';
import { INT8_POLICIES } from '../int8/int8-policy.ts';
import { addIntegerBias } from '../int8/integer-weights.ts';
import { leastWeightScales } from '../int8/numbers/bias.ts';
import { findWeightedNodes, type WeightedNode, weightMatrix } from '../int8/weighted-nodes.ts';
import { applyWeightsAlone } from '../int8/weights-alone.ts';
import type { QatNode, QatPlan } from './qat-plan.ts';
import { codesOf, type FoundWeights, findRoundedWeights } from './rounded-weights.ts';
import { addTrainedIntegers, addTrainedReals, INT4_OPSET } from './trained-codes.ts';

/** A node of the plan, and how its weights were rounded in the training form. */
interface Trained {
  readonly planned: QatNode;
  readonly found: FoundWeights;
}

/**
 * Computes what the training form computes, up to the rounding of sums: weights are integers of 8 or 4 bits,
 * biases of 32 where the policy wants that. With weights of 4 bits the opset is 21 or later.
 * @throws DefectError for a model that is no training form of this plan
 */
export async function exportQat(trained: Model, plan: QatPlan): Promise<Model> {
  const byOutput = new Map<string, Trained>();
  const floats = editModel(trained, (graph) => {
    for (const planned of plan.nodes) byOutput.set(...useFloats(graph, planned));
  }).model;
  const weighted = new Map(findWeightedNodes(floats).weighted.map((one) => [one.ref.name, one]));
  const quantized = editModel(raised(floats, plan), (graph) => {
    for (const [output, one] of byOutput) {
      const node = graph.producer(output);
      const found = weighted.get(output);
      if (!node || !found) throw new DefectError(`the training form lost '${output}'`);
      const inputs = write(graph, node, found, one, plan);
      graph.update(node, { inputs });
    }
  }).model;
  const { hardware, weightsAlone } = plan.int8;
  const whole = applyWeightsAlone(quantized, hardware, weightsAlone);
  return (await runPasses(whole, [concatIntoPad, removeDeadCode])).model;
}

/** Makes the node read its float weights as they are; gives its output, by which it is found again. */
function useFloats(graph: GraphEditor, planned: QatNode): [string, Trained] {
  const found = findRoundedWeights(graph, planned.rounded);
  const [node] = graph.consumers(planned.rounded);
  const output = node?.outputs[0];
  if (!node || output === undefined)
    throw new DefectError(`nothing reads '${planned.rounded}' in the training form`);
  graph.update(node, { inputs: node.inputs.with(1, found.weight) });
  for (const one of found.nodes) graph.remove(one);
  return [output, { planned, found }];
}

function raised(model: Model, { nodes }: QatPlan): Model {
  return nodes.some(({ bits }) => bits === 4) && (model.opsets.get('') ?? 1) < INT4_OPSET
    ? raiseOpset(model, INT4_OPSET)
    : model;
}

/** What the node reads from now on. */
function write(
  graph: GraphEditor,
  node: Node,
  weighted: WeightedNode,
  { planned, found }: Trained,
  { int8: { hardware } }: QatPlan,
): readonly string[] {
  const [input = '', name = '', biasName] = node.inputs;
  const values = weightMatrix(weighted, floatValues(weighted.weight));
  const bias = weighted.bias && floatValues(weighted.bias);
  const isInteger = planned.reads === 'integers';
  const inputScale = isInteger ? scaleOf(graph, input) : undefined;
  const quantizesBias = bias && inputScale !== undefined && INT8_POLICIES[hardware].quantizesBias;
  const least = quantizesBias ? leastWeightScales(bias, inputScale) : undefined;
  const scales = found.scales.map((scale, row) => Math.max(scale, least?.[row] ?? 0));
  const rounded = { codes: codesOf(values, scales, found.codes), scales };
  const of = { graph, node, weighted, name, rounded, bits: planned.bits };
  const weights = isInteger ? addTrainedIntegers(of, hardware) : addTrainedReals(of);
  if (!biasName) return [input, weights];
  if (!quantizesBias) return [input, weights, biasName];
  return [input, weights, addIntegerBias(graph, node, biasName, bias, inputScale, scales)];
}

/** The scale of the DequantizeLinear that gives the value. */
function scaleOf(graph: GraphEditor, value: string): number {
  const scale = graph.constant(graph.producer(value)?.inputs[1] ?? '');
  if (!scale) throw new DefectError(`'${value}' is not dequantized in the training form`);
  return floatValues(scale)[0] ?? 1;
}
