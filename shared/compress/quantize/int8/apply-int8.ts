/** Carries out a plan: the float32 model with QuantizeLinear and DequantizeLinear where it says. Dull on purpose. */
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { makeNode } from '../../../onnx/make-node.ts';
import { float32Tensor, rawTensor } from '../../../onnx/make-tensor.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { floatValues } from '../../../onnx/tensor-data.ts';
import { briefName } from '../brief-name.ts';
import { equalizeChannels } from './equalize/equalize-channels.ts';
import type { Int8Plan, PlannedValue } from './int8-plan.ts';
import { INT8_POLICIES, type Int8Policy } from './int8-policy.ts';
import { addNamed, type WriteWeights, writeIntegerWeights } from './integer-weights.ts';
import { codeOf } from './numbers/range.ts';
import type { PreparedWeights } from './quantize-weights.ts';
import { editScopes, keyOf } from './scopes.ts';
import { findWeightedNodes, type WeightedNode } from './weighted-nodes.ts';
import { applyWeightsAlone } from './weights-alone.ts';

/**
 * The quantized model. Weights without an entry in `prepared` (by {@link keyOf} their node) are rounded
 * to the nearest code. Needs opset 13 for scales by channel. `write`: in which form weights are written; a weight
 * that it does not read any more is taken out.
 */
export function applyInt8(
  source: Model,
  plan: Int8Plan,
  prepared: ReadonlyMap<string, PreparedWeights> = new Map(),
  write: WriteWeights = writeIntegerWeights,
): Model {
  const equalized = equalizeChannels(source, plan.equalized);
  const model = applyWeightsAlone(equalized, plan.hardware, plan.weightsAlone);
  const policy = INT8_POLICIES[plan.hardware];
  const chosen = new Set(plan.nodes.map(keyOf));
  const weighted = new Map(
    findWeightedNodes(model)
      .weighted.filter(({ ref }) => chosen.has(keyOf(ref)))
      .map((node) => [keyOf(node.ref), node]),
  );
  // Float weights that nothing reads any more, also those that an outer graph holds for a body.
  const replaced = new Set<string>();
  return editScopes(model, (graph, scope) => {
    const here = <T extends { readonly scope: string }>(items: readonly T[]): readonly T[] =>
      items.filter((item) => item.scope === scope);
    const writer = new QdqWriter(graph, scope, policy);
    for (const { name } of here(plan.absorbed)) writer.absorb(name);
    const values = here(plan.values);
    const pairs = new Map(values.map((value) => [value.name, writer.addPair(value)]));
    const grids = new Map(values.map((value) => [value.name, value]));
    for (const { name } of here(plan.integerOps)) {
      for (const constant of writer.readIntegers(name, pairs, grids)) replaced.add(constant);
    }
    for (const ref of here(plan.nodes)) {
      const node = weighted.get(keyOf(ref));
      const grid = grids.get(node?.input ?? '');
      if (!node || !grid) continue;
      writer.quantizeNode(node, grid, pairs, prepared.get(keyOf(ref)), write);
      for (const input of node.node.inputs.slice(1)) replaced.add(input);
    }
    for (const name of replaced) removeUnused(graph, name);
  });
}

class QdqWriter {
  readonly #graph: GraphEditor;
  readonly #scope: string;
  readonly #policy: Int8Policy;
  /** Names of nodes may have changed under edits: they are found by what they give. */
  readonly #givenAs = new Map<string, string>();

  constructor(graph: GraphEditor, scope: string, policy: Int8Policy) {
    this.#graph = graph;
    this.#scope = scope;
    this.#policy = policy;
  }

  /** Takes out the clamp that gives `name`: its producer gives `name` itself. */
  absorb(name: string): void {
    const clamp = this.#graph.producer(name);
    const input = clamp?.inputs[0] ?? '';
    const producer = this.#graph.producer(input);
    if (!clamp || !producer) return;
    this.#graph.remove(clamp);
    this.#renameOutput(producer, input, name);
    this.#givenAs.set(input, name);
  }

  /** Quantizes and dequantizes the value; gives the name of the dequantized one. */
  addPair(value: PlannedValue): string {
    const { name, scale, zeroPoint, readers } = value;
    const brief = briefName(name);
    const scaleName = this.#add(`${brief}_scale`, float32Tensor('', [], [scale]));
    const zeroName = this.#zeroPoint(`${brief}_zp`, zeroPoint);
    const producer = this.#graph.producer(name);
    const quantized = this.#graph.freshName(`${brief}_q`);
    let source = name;
    let dequantized = name;
    let before: Node | null = null;
    if (readers === 'all' && producer) {
      source = this.#graph.freshName(`${brief}_fp`);
      this.#givenAs.set(name, source);
      before = this.#renameOutput(producer, name, source);
    } else {
      dequantized = this.#graph.freshName(`${brief}_dq`);
      before = producer ?? null;
    }
    const quantize = makeNode('QuantizeLinear', [source, scaleName, zeroName], [quantized]);
    const dequantize = makeNode(
      'DequantizeLinear',
      [quantized, scaleName, zeroName],
      [dequantized],
    );
    if (before) this.#graph.insertAfter(before, quantize, dequantize);
    else this.#graph.insertBefore(this.#first(), quantize, dequantize);
    return dequantized;
  }

  /** Makes an op that works on integers read them; gives the float constants that it no longer reads. */
  readIntegers(
    output: string,
    pairs: ReadonlyMap<string, string>,
    grids: ReadonlyMap<string, PlannedValue>,
  ): readonly string[] {
    const node = this.#nodeGiving(output);
    const grid = grids.get(output) ?? grids.get(this.#givenAs.get(output) ?? '');
    const constants = node.inputs.filter((input) => grid && this.#graph.constant(input));
    // A shape operand of an op that passes integers on is no float.
    const quantized = new Map(
      constants.flatMap((input): [string, string][] => {
        const tensor = this.#graph.constant(input);
        return grid && tensor?.type === 'float32'
          ? [[input, this.#addConstant(node, tensor, grid)]]
          : [];
      }),
    );
    const inputs = node.inputs.map((input) => quantized.get(input) ?? pairs.get(input) ?? input);
    if (inputs.some((input, index) => input !== node.inputs[index]))
      this.#graph.update(node, { inputs });
    return [...quantized.keys()];
  }

  /** A constant as integers of the grid, dequantized. */
  #addConstant(before: Node, tensor: StoredTensor, grid: PlannedValue): string {
    const { type, codes } = this.#policy.activation;
    const values = floatValues(tensor);
    const bytes = Uint8Array.from(values, (value) => codeOf(value, grid, codes) & 0xff);
    const brief = briefName(tensor.name);
    const inputs = [
      this.#add(`${brief}_q`, rawTensor('', type, tensor.dims, bytes)),
      this.#add(`${brief}_scale`, float32Tensor('', [], [grid.scale])),
      this.#zeroPoint(`${brief}_zp`, grid.zeroPoint),
    ];
    const output = this.#graph.freshName(`${brief}_dq`);
    this.#graph.insertBefore(before, makeNode('DequantizeLinear', inputs, [output]));
    return output;
  }

  quantizeNode(
    weighted: WeightedNode,
    grid: PlannedValue,
    pairs: ReadonlyMap<string, string>,
    prepared: PreparedWeights | undefined,
    write: WriteWeights,
  ): void {
    const node = this.#nodeGiving(weighted.ref.name);
    const weights = write({
      graph: this.#graph,
      node,
      weighted,
      inputScale: grid.scale,
      policy: this.#policy,
      ...(prepared && { prepared }),
    });
    this.#graph.update(node, { inputs: [pairs.get(weighted.input) ?? weighted.input, ...weights] });
  }

  #add(name: string, tensor: StoredTensor): string {
    return addNamed(this.#graph, name, tensor);
  }

  /** Of activations. A tensor for each: onnxruntime may rewrite one that two share, and then fails to load the model. */
  #zeroPoint(name: string, code: number): string {
    const { type } = this.#policy.activation;
    return this.#add(name, rawTensor('', type, [], Uint8Array.of(code & 0xff)));
  }

  #renameOutput(node: Node, from: string, to: string): Node {
    return this.#graph.update(node, {
      outputs: node.outputs.map((output) => (output === from ? to : output)),
    });
  }

  #nodeGiving(output: string): Node {
    let name = output;
    for (let next = this.#givenAs.get(name); next !== undefined; next = this.#givenAs.get(name))
      name = next;
    const node = this.#graph.producer(name);
    if (!node) throw new Error(`no node gives '${output}' in graph '${this.#scope}'`);
    return node;
  }

  #first(): Node | null {
    for (const node of this.#graph.nodes()) return node;
    return null;
  }
}

function removeUnused(graph: GraphEditor, name: string): void {
  if (graph.isUsed(name)) return;
  const constant = graph.producer(name);
  if (constant?.opType === 'Constant') graph.remove(constant);
  if (graph.initializers.has(name) && !graph.isInput(name)) graph.removeInitializer(name);
}
