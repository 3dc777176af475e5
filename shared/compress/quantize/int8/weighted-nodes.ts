/** The nodes that multiply with constant weights: what can be quantized, and why others cannot. */
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import type { Model, Node } from '../../../onnx/model.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { elementCount } from '../../../onnx/tensor-data.ts';
import { type Scope, scopesOf, type ValueRef } from './scopes.ts';

export type WeightedOp = 'Conv' | 'MatMul' | 'Gemm';

/** A node, its weights and how they lie as a matrix with an output channel a row. */
export interface WeightedNode {
  /** The graph and the node's output: names it in plans. */
  readonly ref: ValueRef;
  readonly op: WeightedOp;
  readonly node: Node;
  readonly graph: GraphEditor;
  readonly input: string;
  readonly weight: StoredTensor;
  readonly bias: StoredTensor | null;
  /** The axis of the weight tensor that counts output channels. */
  readonly axis: 0 | 1;
  readonly rows: number;
  /** Weights an output channel. */
  readonly columns: number;
  /** Of a grouped Conv: rows and input channels are divided among them. */
  readonly groups: number;
}

/** A node of a kind that could be quantized, and is not. */
export interface RefusedNode {
  readonly ref: ValueRef;
  readonly node: Node;
  readonly reason: string;
}

export interface WeightedNodes {
  readonly weighted: readonly WeightedNode[];
  readonly refused: readonly RefusedNode[];
}

/** Of all graphs of the model, bodies of If and Loop included. */
export function findWeightedNodes(model: Model, scopes = scopesOf(model)): WeightedNodes {
  const weighted: WeightedNode[] = [];
  const refused: RefusedNode[] = [];
  for (const scope of scopes) {
    for (const node of scope.graph.nodes()) {
      const found = inspect(scope, node);
      if (!found) continue;
      if ('reason' in found) refused.push(found);
      else weighted.push(found);
    }
  }
  return { weighted, refused };
}

const NOT_FUSED: Readonly<Record<string, string>> = {
  ConvTranspose:
    'onnxruntime has no integer kernel that takes the place of a quantized ConvTranspose',
  GRU: 'onnxruntime has no integer GRU',
  RNN: 'onnxruntime has no integer RNN',
};

function inspect(scope: Scope, node: Node): WeightedNode | RefusedNode | undefined {
  if (node.domain !== '') return undefined;
  const output = node.outputs[0];
  if (output === undefined) return undefined;
  const ref: ValueRef = { scope: scope.key, name: output };
  const refuse = (reason: string): RefusedNode => ({ ref, node, reason });
  const notFused = NOT_FUSED[node.opType];
  if (notFused !== undefined) return refuse(notFused);
  if (node.opType !== 'Conv' && node.opType !== 'MatMul' && node.opType !== 'Gemm')
    return undefined;
  const [input = '', weightName = '', biasName = ''] = node.inputs;
  const { graph } = scope;
  const weight = graph.constant(weightName);
  if (!weight) return refuse('its weights are computed, not constant');
  if (weight.type !== 'float32') return refuse(`its weights are ${weight.type}, not float32`);
  if (graph.constant(input)) return refuse('its input is constant');
  if (elementCount(weight) === 0) return refuse('its weights are empty');
  const bias = biasName === '' ? null : graph.constant(biasName);
  if (bias === undefined) return refuse('its bias is computed, not constant');
  const shape = matrixShape(node, weight);
  if (typeof shape === 'string') return refuse(shape);
  if (bias && elementCount(bias) !== shape.rows)
    return refuse('its bias does not have one element for each output channel');
  return { ref, op: node.opType, node, graph, input, weight, bias, ...shape };
}

type MatrixShape = Pick<WeightedNode, 'axis' | 'rows' | 'columns' | 'groups'>;

function matrixShape(node: Node, { dims }: StoredTensor): MatrixShape | string {
  const [first = 0, second = 0] = dims;
  if (node.opType === 'Conv') {
    if (dims.length < 3) return 'its weights do not have the rank of a convolution';
    const columns = dims.slice(1).reduce((product, dim) => product * dim, 1);
    return { axis: 0, rows: first, columns, groups: intAttribute(node, 'group', 1) };
  }
  if (dims.length !== 2)
    return `its weights have rank ${dims.length}, and integer kernels take matrices`;
  if (node.opType === 'MatMul') return { axis: 1, rows: second, columns: first, groups: 1 };
  if (floatAttribute(node, 'alpha', 1) !== 1 || floatAttribute(node, 'beta', 1) !== 1)
    return 'alpha or beta is not 1, which the integer kernel lacks';
  if (intAttribute(node, 'transA', 0) !== 0)
    return 'its input is transposed, which the integer kernel lacks';
  return intAttribute(node, 'transB', 0) === 0
    ? { axis: 1, rows: second, columns: first, groups: 1 }
    : { axis: 0, rows: first, columns: second, groups: 1 };
}

/** An int attribute, or its default. */
export function intAttribute(node: Node, name: string, byDefault: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'int' ? Number(attribute.value) : byDefault;
}

/** A float attribute, or its default. */
export function floatAttribute(node: Node, name: string, byDefault: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'float' ? attribute.value : byDefault;
}

/** The weights as a row-major matrix [rows, columns], an output channel a row. */
export function weightMatrix(node: WeightedNode, values: Float32Array): Float32Array {
  return node.axis === 0 ? values : transposed(values, node.columns, node.rows);
}

/** Codes of such a matrix in the order of the weight tensor. */
export function inTensorOrder(node: WeightedNode, codes: Int8Array): Int8Array {
  return node.axis === 0 ? codes : transposed(codes, node.rows, node.columns);
}

/** [rows, columns] → [columns, rows]. */
function transposed<T extends Float32Array | Int8Array>(
  values: T,
  rows: number,
  columns: number,
): T {
  const result = values.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = values[row * columns + column] as number;
  }
  return result as T;
}
