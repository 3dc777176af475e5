/**
 * Single TensorFlow ops and what TensorFlow gives for them, written by test/fixtures/tf-ops/make_*.py: each
 * becomes a graph of one node, is converted, run and compared.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { decodeFloat16 } from '../../../../shared/base/float16.ts';
import type { Tensor, TensorType } from '../../../../shared/base/tensor.ts';
import type { BuiltModel } from '../../../../shared/formats/build/build-model.ts';
import type { Dim } from '../../../../shared/formats/build/dims.ts';
import { convertGraph } from '../../../../shared/formats/tf/convert-graph.ts';
import type { TfAttribute, TfGraph, TfNode } from '../../../../shared/formats/tf/tf-graph.ts';
import { rawTensor } from '../../../../shared/onnx/make-tensor.ts';
import { typedArray } from '../../../../shared/onnx/tensor-data.ts';
import { encodeModel } from '../../../../shared/onnx/write-model.ts';
import { loadForOracle } from '../../../onnx/_onnxruntime.ts';

interface CaseTensor {
  readonly type: Exclude<TensorType, 'string'>;
  readonly dims: readonly number[];
  /** Base64 of the elements, row-major, little-endian. */
  readonly data: string;
}

/** One op as TensorFlow ran it. */
export interface OpCase {
  readonly name: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, TfAttribute>>;
  /** With `shapes` it is fed, and the graph states one of them; without it is a constant. */
  readonly inputs: readonly (CaseTensor & { readonly shapes?: readonly (readonly Dim[])[] })[];
  readonly outputs: readonly (CaseTensor & { readonly index: number })[];
  /** Of the largest value of the output; {@link TOLERANCE} by default. */
  readonly tolerance?: number;
}

/** Float32 sums of a few hundred products in another order: a few units in the last place of the largest value. */
const TOLERANCE = 1e-6;

/** The half floats next to each other are this far apart, and TensorFlow rounds between its steps. */
const TOLERANCE_FLOAT16 = 2e-3;

/** The cases of one family: `nn` for test/fixtures/tf-ops/nn.json.gz. */
export function opCases(family: string): readonly OpCase[] {
  const path = new URL(`../../../fixtures/tf-ops/${family}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as OpCase[];
}

/** Which of the stated shapes of fed inputs a case has: 0, 1 … */
export const variantsOf = ({ inputs }: OpCase): number[] => [
  ...Array(Math.max(1, ...inputs.map(({ shapes }) => shapes?.length ?? 1))).keys(),
];

const bytesOfText = (data: string): Uint8Array => new Uint8Array(Buffer.from(data, 'base64'));

/** The case as a graph: constants, fed inputs `x0`, `x1` … and outputs `y0`, `y1` … by output number. */
export function graphOf({ op, attributes, inputs, outputs }: OpCase, variant: number): TfGraph {
  const constants = inputs.flatMap(({ type, dims, data, shapes }, index): TfNode[] =>
    shapes
      ? []
      : [
          {
            name: `x${index}`,
            op: 'Const',
            inputs: [],
            attributes: new Map([
              ['value', { kind: 'tensor', value: rawTensor('', type, dims, bytesOfText(data)) }],
            ]),
          },
        ],
  );
  const node: TfNode = {
    name: 'node',
    op,
    inputs: inputs.map((_, index) => `x${index}`),
    attributes: new Map(Object.entries(attributes)),
  };
  return {
    nodes: [...constants, node],
    functions: new Map(),
    inputs: inputs.flatMap(({ type, shapes }, index) =>
      shapes
        ? [
            {
              name: `x${index}`,
              tensor: `x${index}`,
              type,
              shape: shapes[Math.min(variant, shapes.length - 1)] ?? null,
            },
          ]
        : [],
    ),
    outputs: outputs.map(({ index }) => ({ name: `y${index}`, tensor: `node:${index}` })),
    notes: [],
  };
}

const tensorFrom = ({ type, dims, data }: CaseTensor): Tensor => ({
  type,
  dims,
  data: typedArray(type, bytesOfText(data)),
});

/** What onnxruntime takes; of half floats the bits. */
function toOrt({ type, dims, data }: Tensor): ort.Tensor {
  const made = new ort.Tensor(type, data as Float32Array, dims);
  if (type === 'float16') Object.defineProperty(made, 'data', { value: data });
  return made;
}

/** Runs a converted model. */
export async function runBuilt(
  { model }: BuiltModel,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<ort.InferenceSession.OnnxValueMapType> {
  const session = await loadForOracle(encodeModel(model));
  try {
    return await session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(tensor)])),
    );
  } finally {
    await session.release();
  }
}

/** Converts and runs the case and compares every output: exactly, or floats within its tolerance. */
export async function checkCase(item: OpCase, variant: number): Promise<BuiltModel> {
  const built = convertGraph(graphOf(item, variant), { title: item.name });
  const feeds = Object.fromEntries(
    item.inputs.flatMap((input, index) =>
      input.shapes ? [[`x${index}`, tensorFrom(input)] as const] : [],
    ),
  );
  const results = await runBuilt(built, feeds);
  for (const output of item.outputs) {
    const { type, dims, data } = results[`y${output.index}`] ?? {};
    expect(`${type} [${dims}]`, `output ${output.index}`).toBe(`${output.type} [${output.dims}]`);
    compare(
      numbersOf({ ...output, data: data as Float32Array }),
      numbersOf(tensorFrom(output)),
      output.type,
      item.tolerance,
      output.index,
    );
  }
  return built;
}

function numbersOf({ type, data }: Pick<Tensor, 'type' | 'data'>): number[] {
  if (type !== 'float16') return Array.from(data as ArrayLike<number | bigint>, Number);
  const { buffer, byteOffset, length } = data as Uint16Array;
  return [...decodeFloat16(new Uint16Array(buffer, byteOffset, length))];
}

/** Relative to the largest value: what is small beside the others is a difference of large ones. */
function compare(
  actual: readonly number[],
  wanted: readonly number[],
  type: TensorType,
  tolerance: number | undefined,
  output: number,
): void {
  const isFloat = type.startsWith('float');
  const relative = tolerance ?? (type === 'float16' ? TOLERANCE_FLOAT16 : isFloat ? TOLERANCE : 0);
  const finite = wanted.filter(Number.isFinite).map(Math.abs);
  const largest = finite.reduce((most, value) => Math.max(most, value), 0);
  const wrong = wanted.flatMap((value, index) => {
    const other = actual[index] ?? Number.NaN;
    const isSame = Object.is(value, other) || value === other;
    return isSame || Math.abs(value - other) <= relative * largest
      ? []
      : [`[${index}] ${other} instead of ${value}`];
  });
  expect(wrong.slice(0, 5), `output ${output}, ${wrong.length} of ${wanted.length} wrong`).toEqual(
    [],
  );
}

/** Checks that every op of the table has a case; `elsewhere` names those that are tested in another way. */
export function expectCases(
  table: Readonly<Record<string, unknown>>,
  cases: readonly OpCase[],
  elsewhere: readonly string[] = [],
): void {
  const tested = new Set([...cases.map(({ op }) => op), ...elsewhere]);
  expect(Object.keys(table).filter((op) => !tested.has(op))).toEqual([]);
}

/** One test for each case and variant of the ops of a table, and one that none of its ops is without a case. */
export function testTable(
  table: Readonly<Record<string, unknown>>,
  families: readonly string[],
  elsewhere: readonly string[] = [],
): void {
  const cases = families.flatMap(opCases).filter(({ op }) => Object.hasOwn(table, op));
  it('has a case for each op', () => {
    expectCases(table, cases, elsewhere);
  });
  for (const item of cases)
    for (const variant of variantsOf(item))
      it(`${item.op}: ${item.name}${variant === 0 ? '' : `, shapes ${variant + 1}`}`, async () => {
        await checkCase(item, variant);
      });
}
