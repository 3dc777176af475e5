/** The training form of a quantized model: float weights that are rounded as it runs, activations in the plan's integers. */
import { DefectError } from '../../../base/errors.ts';
import { editModel } from '../../../onnx/edit-model.ts';
import { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import { applyInt8 } from '../int8/apply-int8.ts';
import { INT8_POLICIES, type Int8Policy } from '../int8/int8-policy.ts';
import { addNamed, type WriteWeights, writeIntegerWeights } from '../int8/integer-weights.ts';
import { leastWeightScales } from '../int8/numbers/bias.ts';
import { keyOf } from '../int8/scopes.ts';
import { findWeightedNodes, type WeightedNode, weightMatrix } from '../int8/weighted-nodes.ts';
import type { QatNode, QatPlan } from './qat-plan.ts';
import { addRoundedWeights, findRoundedWeights } from './rounded-weights.ts';
import { startScales, weightCodes } from './weight-grid.ts';

/** So many times may a bias grow in training before its scale decides that of the weights. */
const ROOM_FOR_BIAS = 4;

/**
 * The graph to train, from the same float32 model as the plan. In it the plan's values go through
 * QuantizeLinear and DequantizeLinear as they will in the quantized model, and so do the weights of the plan's
 * nodes, see rounded-weights.ts; biases are float32. What {@link qatTrainable} names is trained.
 */
export function qatForm(source: Model, plan: QatPlan): Model {
  const trained = new Map(plan.nodes.map((node) => [keyOf(node), node]));
  const write: WriteWeights = (site) => {
    const { graph, node, weighted, inputScale, policy } = site;
    const planned = trained.get(keyOf(weighted.ref));
    if (!planned) return writeIntegerWeights(site);
    addWeights(graph, node, weighted, planned, policy, inputScale);
    // An absent bias may be named by nothing.
    const [, , bias] = node.inputs;
    return [planned.rounded, ...(bias ? [asInitializer(graph, bias)] : [])];
  };
  const model = applyInt8(source, { ...plan.int8, weightsAlone: [] }, new Map(), write);
  const reals = plan.nodes.filter(({ reads }) => reads === 'reals');
  if (reals.length === 0) return model;
  const weighted = new Map(
    findWeightedNodes(model).weighted.map((node) => [keyOf(node.ref), node]),
  );
  const policy = INT8_POLICIES[plan.int8.hardware];
  return editModel(model, (graph) => {
    for (const planned of reals) {
      const found = weighted.get(keyOf(planned));
      const node = graph.producer(planned.name);
      if (!found || !node) throw missing(planned);
      addWeights(graph, node, found, planned, policy);
      graph.update(node, { inputs: node.inputs.with(1, planned.rounded) });
    }
  }).model;
}

/** Initializers of a training form that are to be trained: weights, their steps and biases. */
export function qatTrainable(form: Model, plan: QatPlan): ReadonlySet<string> {
  const graph = new GraphEditor(form.graph, { irVersion: form.irVersion });
  const names = plan.nodes.flatMap(({ rounded }) => {
    const { weight, factor } = findRoundedWeights(graph, rounded);
    const biases = graph.consumers(rounded).flatMap((node) => node.inputs[2] ?? []);
    return [weight, factor, ...biases];
  });
  return new Set(names.filter((name) => form.graph.initializers.has(name)));
}

function addWeights(
  graph: GraphEditor,
  node: Node,
  weighted: WeightedNode,
  { bits, rounded }: QatNode,
  policy: Int8Policy,
  inputScale?: number,
): void {
  const { weight, bias, rows, axis } = weighted;
  const values = weightMatrix(weighted, floatValues(weight));
  const codes = weightCodes(bits, policy.weights);
  const least =
    bias && inputScale !== undefined && policy.quantizesBias
      ? leastWeightScales(
          floatValues(bias).map((one) => one * ROOM_FOR_BIAS),
          inputScale,
        )
      : undefined;
  const scales = startScales(values, rows, codes, least);
  const name = asInitializer(graph, node.inputs[1] ?? '');
  addRoundedWeights(graph, node, name, weight.dims, { codes, scales, axis }, rounded);
}

/** Constants of nodes become initializers: only those can be trained. */
function asInitializer(graph: GraphEditor, name: string): string {
  if (graph.initializers.has(name)) return name;
  const tensor = graph.constant(name);
  if (!tensor) throw new DefectError(`'${name}' is no constant of the main graph`);
  return addNamed(graph, `${name}_trained`, tensor);
}

const missing = ({ op, name }: QatNode): DefectError =>
  new DefectError(`plan of a quantization with training: ${op} '${name}' is not there`);
