/** Decides what is quantized in a model that is then trained: as static int8 does it, without leaving sensitive nodes in float. */
import { UnsupportedError } from '../../../base/errors.ts';
import type { Model } from '../../../onnx/model.ts';
import { TakenNames } from '../../../onnx/taken-names.ts';
import { briefName } from '../brief-name.ts';
import type { Int8Context } from '../int8/context.ts';
import { Int8Draft } from '../int8/int8-draft.ts';
import type { Int8Plan } from '../int8/int8-plan.ts';
import { keyOf } from '../int8/scopes.ts';
import { chooseEqualization, chooseGroups, chooseRounding } from '../int8/search/choices.ts';
import { findWeightedNodes, type WeightedNode } from '../int8/weighted-nodes.ts';
import { planWeightsAlone } from '../int8/weights-alone.ts';
import { QAT_PLAN_SCHEMA, type QatNode, type QatPlan, type QatVariant } from './qat-plan.ts';

/** Gradients are made of graphs from here on. */
const LOWEST_OPSET = 16;

/** In rows of fewer weights each matters more: nodes with such rows stay in 8 bits, up to this share of all weights. */
const SHORT_ROW = 32;
const SHARE_IN_EIGHT = 0.1;

/**
 * Calibrates an exactly optimized float32 model of opset 16 or later. Training repairs what a sensitive node
 * suffers, so none is left in float for its damage; those that are faster in float have their weights alone rounded.
 * With `seconds: 0` there is no search: ranges from the smallest to the largest value, all nodes on integers.
 * @throws UnsupportedError when the main graph has no Conv, MatMul or Gemm with constant weights, and below opset 16
 */
export async function planQat(
  model: Model,
  context: Int8Context,
  variant: QatVariant,
): Promise<QatPlan> {
  const opset = model.opsets.get('') ?? 1;
  if (opset < LOWEST_OPSET)
    throw new UnsupportedError(
      `${variant} is trained in opset ${LOWEST_OPSET} or later, and the model is of opset ${opset}`,
      { hint: `Allow --opset ${LOWEST_OPSET} or later.` },
    );
  const { weighted, refused } = findWeightedNodes(model);
  if (!weighted.some(({ ref }) => ref.scope === '')) {
    const reason = refused[0] ? `${refused[0].node.opType}: ${refused[0].reason}` : 'it has none';
    throw new UnsupportedError(
      `no Conv, MatMul or Gemm can be quantized while it is trained (${reason})`,
    );
  }
  let draft = await Int8Draft.measured(model, context);
  if (context.seconds > 0) {
    draft = await chooseRounding(await draft.withMoments(), context.log);
    draft = await chooseEqualization(draft.with({ byOutputError: false }), context.log);
    draft = await chooseGroups(draft, context.log);
  }
  return qatPlan(model, draft.plan(), variant);
}

/** The same from the plan of a static quantization, whatever that leaves in float. Pure. */
export function qatPlan(model: Model, plan: Int8Plan, variant: QatVariant): QatPlan {
  const { weighted, refused } = findWeightedNodes(model);
  const names = new TakenNames(model.graph);
  const integers = new Set(plan.nodes.map(keyOf));
  const reached = new Set(plan.kept.map(keyOf));
  const short = shortRows(weighted);
  const nodes = weighted.flatMap((node): QatNode[] => {
    // Through bodies of If and Loop nothing is trained: they are rounded as static int8 rounds them.
    if (node.ref.scope !== '') return [];
    const reads = integers.has(keyOf(node.ref)) ? 'integers' : 'reals';
    if (reads === 'reals' && !reached.has(keyOf(node.ref)) && !isAlone(plan, node)) return [];
    const name = node.node.inputs[1] ?? node.ref.name;
    return [
      {
        ...node.ref,
        op: node.op,
        node: node.node.name,
        ...(variant === 'int4-qat' && !short.has(node)
          ? { bits: 4 as const, reason: '4 bits' }
          : { bits: 8 as const, reason: variant === 'int4-qat' ? SHORT : '8 bits' }),
        reads,
        rounded: names.fresh(`${briefName(name)}_rounded`),
      },
    ];
  });
  const trained = new Set(nodes.map(keyOf));
  const others = new Set(refused.map(({ ref }) => keyOf(ref)));
  const weightsAlone = planWeightsAlone(model, plan.hardware, 'int8-weights', others);
  const known = plan.weightsAlone.filter((one) => !trained.has(keyOf(one)));
  const isKnown = new Set(known.map(keyOf));
  return {
    schema: QAT_PLAN_SCHEMA,
    variant,
    int8: {
      ...plan,
      weightsAlone: [
        ...known,
        ...weightsAlone.filter((one) => !isKnown.has(keyOf(one)) && !trained.has(keyOf(one))),
      ],
    },
    nodes,
  };
}

const isAlone = ({ weightsAlone }: Int8Plan, { ref }: WeightedNode): boolean =>
  weightsAlone.some((one) => keyOf(one) === keyOf(ref));

const SHORT =
  'few weights an output channel, and few of all weights: 4 bits would save little and cost much';

/** The nodes with the shortest rows, up to their share of all weights: depthwise and first convolutions, mostly. */
function shortRows(weighted: readonly WeightedNode[]): ReadonlySet<WeightedNode> {
  const countOf = ({ rows, columns }: WeightedNode): number => rows * columns;
  let left = SHARE_IN_EIGHT * weighted.reduce((sum, node) => sum + countOf(node), 0);
  const found = new Set<WeightedNode>();
  for (const node of weighted.toSorted((a, b) => a.columns - b.columns)) {
    if (node.columns >= SHORT_ROW || countOf(node) > left) continue;
    left -= countOf(node);
    found.add(node);
  }
  return found;
}
