/** GraphProto, NodeProto and AttributeProto: they contain each other. */
import type {
  Attribute,
  Graph,
  Int64,
  Node,
  SparseTensor,
  ValueInfo,
  ValueType,
} from '../model.ts';
import type { StoredTensor } from '../stored-tensor.ts';
import type { ReadContext } from './read-context.ts';
import { readStringMapEntry } from './read-strings.ts';
import { readSparseTensor, readTensor } from './read-tensor.ts';
import { readType, readValueInfo } from './read-type.ts';

/** A GraphProto that ends at `end`. */
export function readGraph(context: ReadContext, end: number): Graph {
  const { scanner } = context;
  const nodes: Node[] = [];
  const initializers = new Map<string, StoredTensor>();
  const sparseInitializers: SparseTensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const valueInfo = new Map<string, ValueInfo>();
  const metadata = new Map<string, string>();
  const unknown: Uint8Array[] = [];
  let name = '';
  let docString: string | undefined;
  for (const item of scanner.fields(end)) {
    switch (item.number) {
      case 1:
        nodes.push(readNode(context, item.end));
        break;
      case 2:
        name = scanner.string(item.end);
        break;
      case 5: {
        const tensor = readTensor(context, item.end);
        if (initializers.has(tensor.name))
          throw scanner.error(`initializer '${tensor.name}' is defined twice`);
        initializers.set(tensor.name, tensor);
        break;
      }
      case 10:
        docString = scanner.string(item.end);
        break;
      case 11:
        inputs.push(readValueInfo(scanner, item.end));
        break;
      case 12:
        outputs.push(readValueInfo(scanner, item.end));
        break;
      case 13: {
        const info = readValueInfo(scanner, item.end);
        valueInfo.set(info.name, info);
        break;
      }
      case 15:
        sparseInitializers.push(readSparseTensor(context, item.end));
        break;
      case 16:
        readStringMapEntry(scanner, item.end, metadata);
        break;
      default:
        unknown.push(scanner.raw(item));
    }
  }
  return {
    name,
    nodes,
    initializers,
    sparseInitializers,
    inputs,
    outputs,
    valueInfo,
    ...(docString ? { docString } : {}),
    ...(metadata.size > 0 ? { metadata } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

const NO_ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map();

/** A NodeProto that ends at `end`. */
export function readNode(context: ReadContext, end: number): Node {
  const { scanner } = context;
  const inputs: string[] = [];
  const outputs: string[] = [];
  let attributes: Map<string, Attribute> | undefined;
  let metadata: Map<string, string> | undefined;
  let unknown: Uint8Array[] | undefined;
  let [name, opType, domain, overload, docString] = ['', '', '', '', ''];
  for (const item of scanner.fields(end)) {
    if (item.number === 1) inputs.push(scanner.string(item.end));
    else if (item.number === 2) outputs.push(scanner.string(item.end));
    else if (item.number === 3) name = scanner.string(item.end);
    else if (item.number === 4) opType = scanner.string(item.end);
    else if (item.number === 5) {
      attributes ??= new Map();
      const [key, attribute] = readAttribute(context, item.end);
      if (attributes.has(key)) throw scanner.error(`node '${name}' has attribute '${key}' twice`);
      attributes.set(key, attribute);
    } else if (item.number === 6) docString = scanner.string(item.end);
    else if (item.number === 7) domain = scanner.string(item.end);
    else if (item.number === 8) overload = scanner.string(item.end);
    else if (item.number === 9) {
      metadata ??= new Map();
      readStringMapEntry(scanner, item.end, metadata);
    } else {
      unknown ??= [];
      unknown.push(scanner.raw(item));
    }
  }
  return {
    opType,
    domain: domain === 'ai.onnx' ? '' : domain,
    name,
    inputs,
    outputs,
    attributes: attributes ?? NO_ATTRIBUTES,
    ...(overload ? { overload } : {}),
    ...(docString ? { docString } : {}),
    ...(metadata ? { metadata } : {}),
    ...(unknown ? { unknown } : {}),
  };
}

/** Source: AttributeProto.AttributeType. */
const ATTRIBUTE_TYPES: Readonly<Record<number, Exclude<Attribute['type'], 'reference'>>> = {
  1: 'float',
  2: 'int',
  3: 'string',
  4: 'tensor',
  5: 'graph',
  6: 'floats',
  7: 'ints',
  8: 'strings',
  9: 'tensors',
  10: 'graphs',
  11: 'sparse-tensor',
  12: 'sparse-tensors',
  13: 'type',
  14: 'types',
};

/** An AttributeProto that ends at `end`, with its name. */
export function readAttribute(context: ReadContext, end: number): [string, Attribute] {
  const { scanner } = context;
  let name = '';
  let reference = '';
  let code: number | undefined;
  let single: Attribute | undefined;
  const floats: number[] = [];
  const ints: Int64[] = [];
  const strings: Uint8Array[] = [];
  const tensors: StoredTensor[] = [];
  const graphs: Graph[] = [];
  const sparse: SparseTensor[] = [];
  const types: ValueType[] = [];
  for (const item of scanner.fields(end)) {
    switch (item.number) {
      case 1:
        name = scanner.string(item.end);
        break;
      case 2:
        single = { type: 'float', value: scanner.float() };
        break;
      case 3:
        single = { type: 'int', value: scanner.int64(item.end) };
        break;
      case 4:
        single = { type: 'string', value: scanner.bytes(item.end) };
        break;
      case 5:
        single = { type: 'tensor', value: readTensor(context, item.end) };
        break;
      case 6:
        single = { type: 'graph', value: readGraph(context, item.end) };
        break;
      case 7:
        while (scanner.position < item.end) floats.push(scanner.float());
        break;
      case 8:
        while (scanner.position < item.end) ints.push(scanner.int64(item.end));
        break;
      case 9:
        strings.push(scanner.bytes(item.end));
        break;
      case 10:
        tensors.push(readTensor(context, item.end));
        break;
      case 11:
        graphs.push(readGraph(context, item.end));
        break;
      case 14: {
        const type = readType(scanner, item);
        if (type) single = { type: 'type', value: type };
        break;
      }
      case 15: {
        const type = readType(scanner, item);
        if (type) types.push(type);
        break;
      }
      case 20:
        code = scanner.int32(item.end);
        break;
      case 21:
        reference = scanner.string(item.end);
        break;
      case 22:
        single = { type: 'sparse-tensor', value: readSparseTensor(context, item.end) };
        break;
      case 23:
        sparse.push(readSparseTensor(context, item.end));
        break;
      default:
        break;
    }
  }
  const type = code === undefined || code === 0 ? undefined : ATTRIBUTE_TYPES[code];
  if (code && type === undefined) throw scanner.error(`attribute '${name}' has type ${code}`);
  if (reference !== '' && type) return [name, { type: 'reference', value: reference, of: type }];
  const lists: readonly Attribute[] = [
    { type: 'floats', value: floats },
    { type: 'ints', value: ints },
    { type: 'strings', value: strings },
    { type: 'tensors', value: tensors },
    { type: 'graphs', value: graphs },
    { type: 'sparse-tensors', value: sparse },
    { type: 'types', value: types },
  ];
  // Very old files leave the type out: then the field that is there says it.
  const found =
    type === undefined
      ? (single ?? lists.find((list) => Array.isArray(list.value) && list.value.length > 0))
      : single?.type === type
        ? single
        : (lists.find((list) => list.type === type) ?? emptyOf(type));
  if (found === undefined) throw scanner.error(`attribute '${name}' has no value`);
  return [name, found];
}

/** Proto3 leaves zero out of the file. */
function emptyOf(type: Attribute['type']): Attribute | undefined {
  if (type === 'float' || type === 'int') return { type, value: 0 };
  return type === 'string' ? { type, value: new Uint8Array() } : undefined;
}
