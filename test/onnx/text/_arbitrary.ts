/** Random small models for round trips: every attribute type, types, subgraphs, absent values, odd names. */
import fc from 'fast-check';
import {
  ELEMENT_TYPES,
  type ElementType,
  rawByteLength,
} from '../../../shared/onnx/element-type.ts';
import type {
  AttributeValue,
  FunctionDefinition,
  Graph,
  Model,
  Node,
  SparseTensor,
  ValueInfo,
  ValueType,
} from '../../../shared/onnx/model.ts';
import type { StoredTensor } from '../../../shared/onnx/stored-tensor.ts';
import { KIND_WORDS } from '../../../shared/onnx/text/words.ts';

const name = fc.oneof(
  fc.constantFrom(
    'x',
    'y',
    'w_1',
    '/conv/Conv:0',
    'float',
    'seq',
    'inf',
    'nan',
    'a b',
    '"',
    '\\',
    'é\n',
    'x1.5',
  ),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);
const bytes = fc.uint8Array({ maxLength: 8 });
const float = fc.float({ noNaN: false }).map((value) => (Number.isNaN(value) ? Number.NaN : value));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
});
const elementType = fc.constantFrom(...(Object.keys(ELEMENT_TYPES) as ElementType[]));
const dims = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });

const tensor: fc.Arbitrary<StoredTensor> = fc
  .record({ name: fc.oneof(fc.constant(''), name), type: elementType, dims })
  .chain((head) => {
    const count = head.dims.reduce((product, dim) => product * dim, 1);
    if (head.type === 'string')
      return fc
        .array(bytes, { minLength: count, maxLength: count })
        .map((values): StoredTensor => ({ ...head, storage: { kind: 'strings', values } }));
    const length = rawByteLength(head.type, count);
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((raw): StoredTensor => ({ ...head, storage: { kind: 'memory', bytes: raw } }));
  });
const indices = fc.constant<StoredTensor>({
  name: '',
  type: 'int64',
  dims: [0],
  storage: { kind: 'memory', bytes: new Uint8Array() },
});
const sparse: fc.Arbitrary<SparseTensor> = fc.record({ values: tensor, indices, dims });

const shape = fc.option(
  fc.array(fc.oneof(fc.nat(9), name, fc.constant(null)), { minLength: 0, maxLength: 3 }),
  { nil: null },
);
const { type } = fc.letrec<{ type: ValueType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('tensor' as const), elementType, shape }),
    fc.record({ kind: fc.constant('sparse-tensor' as const), elementType, shape }),
    fc.record({ kind: fc.constant('unknown' as const), encoded: bytes }),
    fc.record({ kind: fc.constant('sequence' as const), element: tie('type') }),
    fc.record({ kind: fc.constant('optional' as const), element: tie('type') }),
    fc.record({ kind: fc.constant('map' as const), key: elementType, value: tie('type') }),
  ),
}));
const value: fc.Arbitrary<ValueInfo> = fc.record({ name, type: fc.option(type, { nil: null }) });
const byName = <T extends { readonly name: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.name, item]));
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
const tagged = <K extends AttributeValue['type'], V>(kind: K, item: fc.Arbitrary<V>) =>
  fc.record({ type: fc.constant(kind), value: item });

const parts = fc.letrec<{ node: Node; graph: Graph; attribute: AttributeValue }>((tie) => ({
  attribute: fc.oneof(
    { depthSize: 'small' },
    tagged('float', float),
    tagged('int', int64),
    tagged('string', bytes),
    tagged('tensor', tensor),
    tagged('sparse-tensor', sparse),
    tagged('type', type),
    tagged('floats', few(float)),
    tagged('ints', few(int64)),
    tagged('strings', few(bytes)),
    tagged('tensors', few(tensor)),
    tagged('sparse-tensors', few(sparse)),
    tagged('types', few(type)),
    fc.record({
      type: fc.constant('reference' as const),
      value: name,
      of: fc.constantFrom(...(Object.keys(KIND_WORDS) as (keyof typeof KIND_WORDS)[])),
    }),
    tagged('graph', tie('graph')),
    tagged('graphs', few(tie('graph'))),
  ),
  node: fc
    .record({
      opType: name,
      domain: fc.oneof(
        fc.constantFrom('', 'com.microsoft'),
        name.filter((text) => text !== 'ai.onnx'),
      ),
      name: fc.oneof(fc.constant(''), name),
      inputs: few(fc.oneof(fc.constant(''), name)),
      outputs: few(fc.oneof(fc.constant(''), name)),
      attributes: few(fc.tuple(name, tie('attribute'))).map((entries) => new Map(entries)),
      overload: fc.oneof(fc.constant(''), name),
    })
    .map(({ overload, ...node }): Node => (overload ? { ...node, overload } : node)),
  graph: fc.record({
    name: fc.oneof(fc.constant(''), name),
    nodes: few(tie('node')),
    initializers: few(tensor).map(byName),
    sparseInitializers: few(sparse),
    inputs: few(value),
    outputs: few(value),
    valueInfo: few(value).map(byName),
  }),
}));

const opsets = few(
  fc.tuple(
    name.filter((text) => text !== 'ai.onnx'),
    fc.integer({ min: 1, max: 26 }),
  ),
).map((entries) => new Map(entries));
const definition: fc.Arbitrary<FunctionDefinition> = fc.record({
  name,
  domain: name,
  inputs: few(name),
  outputs: few(name),
  attributes: few(name),
  attributeDefaults: few(fc.tuple(name, parts.attribute)).map((entries) => new Map(entries)),
  nodes: few(parts.node),
  opsets,
  valueInfo: few(value).map(byName),
});

/** Models that no verifier would pass, but that the text form must keep. */
export const arbitraryModel: fc.Arbitrary<Model> = fc.record({
  irVersion: fc.nat(14),
  opsets,
  graph: parts.graph,
  functions: few(definition),
  producerName: fc.string(),
  producerVersion: fc.string(),
  domain: fc.string(),
  modelVersion: int64,
  docString: fc.string(),
  metadata: few(fc.tuple(fc.string(), fc.string())).map((entries) => new Map(entries)),
});

/** The contents of any tensor as a single type tells them. */
export const arbitraryTensor = tensor;
