/**
 * Cases of `test/fixtures/tf-ops/make_array_ops.py`: inputs, and what TensorFlow made of them. Each is converted
 * in several ways, those of one table and way together as one model, and run in onnxruntime.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ModelError, UnsupportedError } from '../../../../shared/base/errors.ts';
import { decodeFloat16 } from '../../../../shared/base/float16.ts';
import type { TensorType } from '../../../../shared/base/tensor.ts';
import { permuteTensor } from '../../../../shared/formats/build/builder.ts';
import type { Shape } from '../../../../shared/formats/build/dims.ts';
import { numberTensor } from '../../../../shared/formats/build/number-tensor.ts';
import { convertGraph } from '../../../../shared/formats/tf/convert-graph.ts';
import type { TfOpTable } from '../../../../shared/formats/tf/op.ts';
import type {
  TfAttribute,
  TfGraph,
  TfInputPort,
  TfNode,
} from '../../../../shared/formats/tf/tf-graph.ts';
import { int64Tensor, rawTensor } from '../../../../shared/onnx/make-tensor.ts';
import type { ValueInfo } from '../../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../../shared/onnx/stored-tensor.ts';
import { typedArray } from '../../../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';

type NumberType = Exclude<TensorType, 'string'>;

interface StoredArray {
  readonly type: NumberType;
  readonly dims: readonly number[];
  readonly at: number;
  /** Axes, sizes and the like: mostly constant. */
  readonly parameter?: true;
}

interface Case {
  readonly op: string;
  readonly inputs: readonly StoredArray[];
  readonly outputs: readonly StoredArray[];
  readonly attributes?: Readonly<Record<string, TfAttribute>>;
  /** Parameters must be constant; `axes`: the last one. */
  readonly static?: true | 'axes';
  /** Sizes must be known. */
  readonly sized?: true;
  readonly loose?: readonly [number, number];
}

/** How the inputs of a case reach the op. */
const WAYS = {
  constant: 'with constant parameters',
  computed: 'with computed parameters',
  free: 'over sizes that are free',
  named: 'over sizes that have names',
  ordered: 'over values that are held in another order',
  folded: 'with constants only',
  newest: 'at the newest opset that onnxruntime runs',
} as const;

/** onnxruntime 1.30 has kernels up to it. */
const NEWEST = 24;

type Way = keyof typeof WAYS;

/** A unit in the last place of float32 and a little more, as a part of the element and in all. */
const TOLERANCE: Readonly<Record<string, readonly [number, number]>> = {
  float32: [1e-6, 1e-6],
  // Functions without a kernel for float64 are computed in float32.
  float64: [1e-6, 1e-6],
  float16: [2e-3, 1e-3],
};

const FILE = new URL('../../../fixtures/tf-ops/array-ops.json.gz', import.meta.url);

let loaded: { readonly cases: readonly Case[]; readonly data: Uint8Array } | undefined;

function load(): { readonly cases: readonly Case[]; readonly data: Uint8Array } {
  if (loaded) return loaded;
  const { cases, data } = JSON.parse(gunzipSync(readFileSync(FILE)).toString());
  loaded = { cases, data: new Uint8Array(Buffer.from(data, 'base64')) };
  return loaded;
}

const WIDTH: Readonly<Record<NumberType, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

function tensorOf({ type, dims, at }: StoredArray): StoredTensor {
  const length = dims.reduce((product, dim) => product * dim, 1) * WIDTH[type];
  return rawTensor('', type, dims, load().data.slice(at, at + length));
}

const bytesOf = (tensor: StoredTensor): Uint8Array =>
  tensor.storage.kind === 'memory'
    ? tensor.storage.bytes
    : tensor.storage.kind === 'computed'
      ? tensor.storage.compute()
      : new Uint8Array();

/** Part of a graph: nodes, and the inputs with what is fed to them. */
interface Piece {
  readonly nodes: readonly TfNode[];
  readonly inputs: readonly TfInputPort[];
  readonly feeds: ReadonlyMap<string, StoredTensor>;
  readonly outputs: readonly string[];
}

const node = (
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, TfAttribute>> = {},
): TfNode => ({ name, op, inputs, attributes: new Map(Object.entries(attributes)) });

/** Small attributes are tensors of the case; lists and types are as they are stored. */
function pieceOf(item: Case, id: string, way: Way): Piece {
  const nodes: TfNode[] = [];
  const inputs: TfInputPort[] = [];
  const feeds = new Map<string, StoredTensor>();
  for (const [index, stored] of item.inputs.entries()) {
    const name = `${id}_in${index}`;
    const tensor = tensorOf(stored);
    const isLast = index === item.inputs.length - 1;
    const isFed =
      way === 'computed'
        ? !(item.static === 'axes' && stored.parameter && isLast)
        : way !== 'folded' && !stored.parameter;
    if (!isFed) {
      nodes.push(node(name, 'Const', [], { value: { kind: 'tensor', value: tensor } }));
      continue;
    }
    const rank = stored.dims.length;
    const isTurned = way === 'ordered' && rank >= 2;
    // The axes as they are fed: the last one first.
    const order = [rank - 1, ...stored.dims.slice(0, -1).keys()];
    const fed = isTurned ? permuteTensor(tensor, order) : tensor;
    const port = isTurned ? `${name}_fed` : name;
    feeds.set(port, fed);
    inputs.push({
      name: port,
      tensor: port,
      type: stored.type,
      shape: sizesOf(fed.dims, port, way),
    });
    nodes.push(node(port, 'Placeholder', []));
    if (!isTurned) continue;
    const back = order.map((_, axis) => order.indexOf(axis));
    const perm = int64Tensor('', [rank], back);
    nodes.push(node(`${name}_perm`, 'Const', [], { value: { kind: 'tensor', value: perm } }));
    nodes.push(node(name, 'Transpose', [port, `${name}_perm`]));
  }
  const names = item.inputs.map((_, index) => `${id}_in${index}`);
  nodes.push(node(id, item.op, names, item.attributes));
  return { nodes, inputs, feeds, outputs: item.outputs.map((_, index) => `${id}:${index}`) };
}

function sizesOf(dims: readonly number[], port: string, way: Way): Shape {
  if (way === 'free') return dims.map(() => null);
  return way === 'named' ? dims.map((_, axis) => `${port}_${axis}`) : dims;
}

function graphOf(pieces: readonly Piece[]): TfGraph {
  return {
    nodes: pieces.flatMap(({ nodes }) => nodes),
    functions: new Map(),
    inputs: pieces.flatMap(({ inputs }) => inputs),
    outputs: pieces.flatMap(({ outputs }) =>
      outputs.map((tensor) => ({ name: `out_${tensor}`, tensor })),
    ),
    notes: [],
  };
}

/** Whether the op needs to know what this way leaves open. */
function isRefused(item: Case, way: Way): boolean {
  if (way === 'computed') return item.static === true;
  return (way === 'free' || way === 'named') && item.sized === true;
}

/** What does not agree with TensorFlow, one line each. */
async function problemsOf(table: TfOpTable, way: Way): Promise<string[]> {
  const problems: string[] = [];
  const batches = new Map<number, { item: Case; piece: Piece }[]>();
  for (const [index, item] of load().cases.entries()) {
    if (!Object.hasOwn(table, item.op)) continue;
    const piece = pieceOf(item, `c${index}`, way);
    const opset = opsetOf(piece, way === 'newest' ? NEWEST : undefined);
    if (isRefused(item, way)) {
      if (typeof opset === 'number') problems.push(`${describeCase(item)} should be refused`);
    } else if (typeof opset === 'string') problems.push(`${describeCase(item)}: ${opset}`);
    else batches.set(opset, [...(batches.get(opset) ?? []), { item, piece }]);
  }
  for (const [opset, batch] of batches) problems.push(...(await runAll(batch, opset)));
  return problems;
}

/** The version that the case needs, or why it cannot be converted. */
function opsetOf(piece: Piece, opset: number | undefined): number | string {
  try {
    const { model } = convertGraph(graphOf([piece]), { title: 'the case', opset });
    return model.opsets.get('') ?? 0;
  } catch (error) {
    if (error instanceof UnsupportedError) return error.message;
    throw error;
  }
}

async function runAll(
  batch: readonly { readonly item: Case; readonly piece: Piece }[],
  opset: number,
): Promise<string[]> {
  try {
    return await run(batch, opset);
  } catch (error) {
    // One that fails takes the others with it: each half is told by itself.
    const [only, ...more] = batch;
    if (!only) return [];
    if (more.length === 0) return [`${describeCase(only.item)}: ${String(error)}`];
    const half = Math.ceil(batch.length / 2);
    return [
      ...(await runAll(batch.slice(0, half), opset)),
      ...(await runAll(batch.slice(half), opset)),
    ];
  }
}

async function run(
  batch: readonly { readonly item: Case; readonly piece: Piece }[],
  opset: number,
): Promise<string[]> {
  const graph = graphOf(batch.map(({ piece }) => piece));
  const { model } = convertGraph(graph, { title: 'the cases', opset });
  const session = await ort.InferenceSession.create(encodeModel(model), {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const feeds = batch.flatMap(({ piece }) => [...piece.feeds]);
    const results = await session.run(
      Object.fromEntries(feeds.map(([name, tensor]) => [name, ortTensor(tensor)])),
    );
    const declared = new Map(model.graph.outputs.map((output) => [output.name, output]));
    return batch.flatMap(({ item, piece }) =>
      item.outputs.flatMap((wanted, index) => {
        const name = `out_${piece.outputs[index]}`;
        const problem = difference(item, wanted, results[name], declared.get(name));
        return problem === undefined ? [] : [`${describeCase(item)}: ${problem}`];
      }),
    );
  } finally {
    await session.release();
  }
}

function ortTensor(tensor: StoredTensor): ort.Tensor {
  const type = tensor.type as NumberType;
  const data = typedArray(type, bytesOf(tensor));
  const made = new ort.Tensor(type, data as Float32Array, tensor.dims);
  // The native side does not know the Float16Array that the constructor makes of the bits.
  if (type === 'float16') Object.defineProperty(made, 'data', { value: data });
  return made;
}

function difference(
  item: Case,
  wanted: StoredArray,
  got: ort.Tensor | undefined,
  declared: ValueInfo | undefined,
): string | undefined {
  if (!got) return 'there is no such output';
  const form = `${got.type} [${got.dims}]`;
  if (form !== `${wanted.type} [${wanted.dims}]`)
    return `gave ${form}, not ${wanted.type} [${wanted.dims}]`;
  const shape = declared?.type?.kind === 'tensor' ? declared.type.shape : null;
  if (
    shape &&
    !(
      shape.length === got.dims.length &&
      shape.every((dim, axis) => typeof dim !== 'number' || dim === got.dims[axis])
    )
  )
    return `declares [${shape}] and is [${got.dims}]`;
  const [ours, theirs] = [numbersOf(got), typedNumbers(tensorOf(wanted))];
  const [relative, absolute] = item.loose ?? TOLERANCE[wanted.type] ?? [0, 0];
  for (const [index, expected] of theirs.entries()) {
    const actual = ours[index] ?? Number.NaN;
    if (Object.is(actual, expected) || actual === expected) continue;
    if (
      Math.abs(Number(actual) - Number(expected)) <=
      relative * Math.abs(Number(expected)) + absolute
    )
      continue;
    return `element ${index} is ${actual}, not ${expected}`;
  }
  return undefined;
}

function numbersOf({ type, data }: ort.Tensor): readonly (number | bigint)[] {
  if (type !== 'float16') return Array.from(data as Float32Array);
  const view = data as Uint16Array;
  return Array.from(decodeFloat16(new Uint16Array(view.buffer, view.byteOffset, view.length)));
}

function typedNumbers(tensor: StoredTensor): readonly (number | bigint)[] {
  const data = typedArray(tensor.type as NumberType, bytesOf(tensor));
  return tensor.type === 'float16'
    ? Array.from(decodeFloat16(data as Uint16Array))
    : Array.from(data as Float32Array);
}

function describeCase({ op, inputs, attributes = {} }: Case): string {
  const shown = inputs.map((input) =>
    input.parameter
      ? `${input.type} [${typedNumbers(tensorOf(input))}]`
      : `${input.type}[${input.dims}]`,
  );
  return `${op}(${shown.join(', ')}) ${JSON.stringify(attributes)}`;
}

/** What a damaged file may hold where a parameter or a size was. */
const DAMAGE = [-1, 0, -7, 99, 2 ** 31 - 1, -(2 ** 31), 2 ** 40];

/** Errors that are no refusals, for cases of which one number is damaged. */
function defectsOf(table: TfOpTable): string[] {
  const problems: string[] = [];
  for (const [index, item] of load().cases.entries()) {
    if (!Object.hasOwn(table, item.op)) continue;
    const damage = DAMAGE[index % DAMAGE.length] ?? 0;
    const piece = damaged(pieceOf(item, `c${index}`, 'constant'), damage);
    try {
      convertGraph(graphOf([piece]), { title: 'the case' });
    } catch (error) {
      if (!(error instanceof UnsupportedError || error instanceof ModelError))
        problems.push(`${describeCase(item)} with ${damage}: ${String(error)}`);
    }
  }
  return problems;
}

/** Every whole number among attributes, the first element of each parameter, the last size of each input. */
function damaged(piece: Piece, damage: number): Piece {
  const nodes = piece.nodes.map((item): TfNode => {
    const attributes = [...item.attributes].map(([name, attribute]): [string, TfAttribute] =>
      attribute.kind === 'int'
        ? [name, { kind: 'int', value: damage }]
        : attribute.kind === 'tensor'
          ? [name, { kind: 'tensor', value: damagedTensor(attribute.value, damage) }]
          : [name, attribute],
    );
    return { ...item, attributes: new Map(attributes) };
  });
  const inputs = piece.inputs.map((input) => {
    const isWide = damage > 99 && (input.shape?.length ?? 0) > 0;
    return isWide ? { ...input, shape: input.shape?.with(-1, damage) ?? null } : input;
  });
  return { ...piece, nodes, inputs };
}

function damagedTensor(tensor: StoredTensor, damage: number): StoredTensor {
  const numbers = typedNumbers(tensor);
  if (numbers.length === 0 || !tensor.type.startsWith('int')) return tensor;
  return numberTensor([damage, ...numbers.slice(1).map(Number)], tensor.type, tensor.dims);
}

/** Tests of every op of a table; `apart` names those that are tested otherwise. */
export function testOps(table: TfOpTable, apart: readonly string[] = []): void {
  describe('agrees with TensorFlow', () => {
    it.each(Object.keys(WAYS) as Way[])('%s', async (way) => {
      expect(await problemsOf(table, way)).toEqual([]);
    });
  });

  it('of damaged numbers makes a refusal or a model', () => {
    expect(defectsOf(table)).toEqual([]);
  });

  it('has a case of every op', () => {
    const tested = new Set([...load().cases.map(({ op }) => op), ...apart]);
    expect(Object.keys(table).filter((op) => !tested.has(op))).toEqual([]);
  });
}
