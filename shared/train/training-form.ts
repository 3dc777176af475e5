/** A model as training wants it: float32, in one piece, with nothing folded that learns by itself. */
import { UnsupportedError } from '../base/errors.ts';
import { acceptModel } from '../onnx/accept-model.ts';
import { editModel } from '../onnx/edit-model.ts';
import { allNodes } from '../onnx/graph-walk.ts';
import type { Model, Node } from '../onnx/model.ts';
import { TRAINABLE } from '../passes/presets.ts';
import { raiseOpset } from '../passes/raise-opset.ts';
import type { PassContext } from '../rewrite/pass.ts';
import { runToFixpoint } from '../rewrite/run-passes.ts';
import { inferTypes } from '../runtime/infer-types.ts';
import { trainableWeights } from './trainable-weights.ts';

/** LayerNormalization is an op from here on, and gradients are made of ops that are no older. */
const LOWEST_OPSET = 17;

/** As for the exact passes: more rounds mean that two passes undo each other. */
const MAX_ROUNDS = 8;

/** How many nodes a message names. */
const NAMED = 3;

/**
 * Of a model as it was imported, before any optimization. It computes the same, with the same inputs and outputs.
 * @throws UnsupportedError for models without float32 weights (quantized, half-precision), and where the opset cannot
 *   be raised
 */
export async function trainingForm(source: Model, context: PassContext = {}): Promise<Model> {
  const { model: accepted } = acceptModel(source);
  refuseQuantized(accepted);
  const raised = await raiseForTraining(accepted);
  const { model } = await runToFixpoint(raised, TRAINABLE, MAX_ROUNDS, context);
  const form = withOwnNorms(model);
  if (trainableWeights(form).length === 0) throw noWeights(form);
  return form;
}

/** The model in an opset that gradients are made for. @throws UnsupportedError where it cannot be raised so far */
export async function raiseForTraining(model: Model): Promise<Model> {
  const opset = model.opsets.get('') ?? LOWEST_OPSET;
  return opset < LOWEST_OPSET ? raiseOpset(model, LOWEST_OPSET, await inferTypes(model)) : model;
}

/** Weights of a quantized model are integers, and what they were rounded from is lost. */
function refuseQuantized(model: Model): void {
  const found = [...allNodes(model)].filter(isQuantized);
  const [first] = found;
  if (!first) return;
  const named = found
    .slice(0, NAMED)
    .map(({ opType, name }) => (name ? `${opType} ${name}` : opType));
  throw new UnsupportedError(
    `the model is quantized (${found.length} ${found.length === 1 ? 'node' : 'nodes'}: ${named.join(', ')}${found.length > NAMED ? ', …' : ''}): its weights cannot be trained`,
    { where: first.name, hint: 'Give the float32 model that it was made from.' },
  );
}

const isQuantized = ({ opType, domain }: Node): boolean =>
  /^(QuantizeLinear|DequantizeLinear|DynamicQuantize|QLinear|MatMulInteger|ConvInteger|MatMulNBits|MatMulBnb4|GatherBlockQuantized|QOrdered|QMoE|QAttention|QEmbed|QGemm)/.test(
    opType,
  ) &&
  (domain === '' || domain === 'ai.onnx' || domain === 'com.microsoft');

function noWeights({ graph }: Model): UnsupportedError {
  const half = [...graph.initializers.values()].find(
    ({ type, dims }) => (type === 'float16' || type === 'bfloat16') && dims.length > 1,
  );
  return new UnsupportedError(
    half
      ? `the model's weights are ${half.type}: only float32 ones are trained`
      : 'the model has no weights that could be trained',
    half
      ? { where: half.name, hint: 'Give the float32 model.' }
      : { hint: 'Weights are the constant operands of Conv, Gemm, MatMul and the like.' },
  );
}

/** Exporters store equal constants once: norms that began alike must be able to differ. */
function withOwnNorms(model: Model): Model {
  return editModel(model, (editor) => {
    const taken = new Set<string>();
    for (const node of [...editor.nodes()]) {
      if (node.opType !== 'BatchNormalization') continue;
      const inputs = node.inputs.map((name, position) => {
        const tensor = editor.initializers.get(name);
        if (!tensor || position === 0) return name;
        if (editor.uses(name).length === 1 && !editor.isOutput(name)) return name;
        // The first keeps the name, unless others than norms read it too.
        const isFree = editor.consumers(name).every((one) => one.opType === node.opType);
        if (isFree && !taken.has(name)) {
          taken.add(name);
          return name;
        }
        return editor.addInitializer({ ...tensor, name: editor.freshName(name) });
      });
      if (inputs.some((name, position) => name !== node.inputs[position]))
        editor.update(node, { inputs });
    }
  }).model;
}
