/** Models from text; see text.ts. */
import type {
  Attribute,
  FunctionDefinition,
  Graph,
  Model,
  Node,
  SparseTensor,
  ValueInfo,
} from '../model.ts';
import type { StoredTensor } from '../stored-tensor.ts';
import { Lexer } from './lexer.ts';
import { parseAttribute } from './parse-attribute.ts';
import { parseContents, parseSparse } from './parse-tensor.ts';
import { parseValue } from './parse-type.ts';
import { parseInt64 } from './words.ts';

/** A model from its text. @throws ModelError with line and column; also for tensors of which only a digest was printed. */
export function parseModel(text: string): Model {
  const lexer = new Lexer(text);
  const header = parseHeader(lexer);
  const graph = parseGraph(lexer);
  const functions: FunctionDefinition[] = [];
  while (lexer.peek().kind !== 'end') functions.push(parseFunction(lexer));
  return {
    irVersion: header.irVersion,
    opsets: header.opsets,
    graph,
    functions,
    producerName: header.strings.get('producer_name') ?? '',
    producerVersion: header.strings.get('producer_version') ?? '',
    domain: header.strings.get('domain') ?? '',
    modelVersion: header.modelVersion,
    docString: header.strings.get('doc_string') ?? '',
    metadata: header.metadata,
  };
}

interface Header {
  irVersion: number;
  modelVersion: Model['modelVersion'];
  opsets: Map<string, number>;
  metadata: Map<string, string>;
  readonly strings: Map<string, string>;
}

function parseHeader(lexer: Lexer): Header {
  const header: Header = {
    irVersion: 0,
    modelVersion: 0,
    opsets: new Map(),
    metadata: new Map(),
    strings: new Map(),
  };
  lexer.list('<', '>', () => {
    const key = lexer.takeName();
    lexer.takeMark(':');
    if (key === 'ir_version') header.irVersion = lexer.takeInteger();
    else if (key === 'model_version') header.modelVersion = parseInt64(lexer.takeNumber());
    else if (key === 'opset_import') header.opsets = parseEntries(lexer, () => lexer.takeInteger());
    else if (key === 'metadata_props')
      header.metadata = parseEntries(lexer, () => lexer.takeString());
    else header.strings.set(key, lexer.takeString());
  });
  return header;
}

function parseEntries<T>(lexer: Lexer, value: () => T): Map<string, T> {
  return new Map(
    lexer.list('[', ']', (): [string, T] => {
      const key = lexer.takeString();
      lexer.takeMark(':');
      return [key === 'ai.onnx' ? '' : key, value()];
    }),
  );
}

/** `name (inputs) => (outputs) <initializers, types> { nodes }`. */
function parseGraph(lexer: Lexer): Graph {
  const name = lexer.takeName();
  const inputs = lexer.list('(', ')', () => parseValue(lexer));
  lexer.takeMark('=>');
  const outputs = lexer.list('(', ')', () => parseValue(lexer));
  const declared = parseDeclared(lexer);
  return { name, nodes: parseNodes(lexer), inputs, outputs, ...declared };
}

type Declared = Pick<Graph, 'initializers' | 'sparseInitializers' | 'valueInfo'>;

function parseDeclared(lexer: Lexer): Declared {
  const initializers = new Map<string, StoredTensor>();
  const sparseInitializers: SparseTensor[] = [];
  const valueInfo = new Map<string, ValueInfo>();
  if (!lexer.isMark('<')) return { initializers, sparseInitializers, valueInfo };
  lexer.list('<', '>', () => {
    if (lexer.peek().text === 'sparse_tensor' && !lexer.isMark('(', 1)) {
      lexer.next();
      lexer.takeName();
      lexer.takeMark('=');
      sparseInitializers.push(parseSparse(lexer));
      return;
    }
    const value = parseValue(lexer);
    if (!lexer.skipMark('=')) valueInfo.set(value.name, value);
    else if (!value.type) throw lexer.error(`initializer '${value.name}' needs a type`);
    else initializers.set(value.name, parseContents(lexer, value.name, value.type));
  });
  return { initializers, sparseInitializers, valueInfo };
}

function parseNodes(lexer: Lexer): Node[] {
  lexer.takeMark('{');
  const nodes: Node[] = [];
  while (!lexer.skipMark('}')) nodes.push(parseNode(lexer));
  return nodes;
}

/** `[name] outputs = domain.Op <attributes> (inputs)`; the attributes may stand behind the inputs. */
function parseNode(lexer: Lexer): Node {
  const name = lexer.isMark('[') ? (lexer.list('[', ']', () => lexer.takeName())[0] ?? '') : '';
  const outputs: string[] = [];
  while (!lexer.isMark('=')) {
    outputs.push(lexer.takeName());
    if (!lexer.skipMark(',')) break;
  }
  lexer.takeMark('=');
  const path = [lexer.takeName()];
  while (lexer.skipMark('.')) path.push(lexer.takeName());
  const overload = lexer.skipMark(':') ? lexer.takeName() : '';
  let attributes = parseAttributes(lexer);
  const inputs = lexer.list('(', ')', () => (lexer.isMark(',') ? '' : lexer.takeName()));
  if (attributes.size === 0) attributes = parseAttributes(lexer);
  const domain = path.slice(0, -1).join('.');
  return {
    opType: path.at(-1) ?? '',
    domain: domain === 'ai.onnx' ? '' : domain,
    name,
    inputs,
    outputs,
    attributes,
    ...(overload ? { overload } : {}),
  };
}

function parseAttributes(lexer: Lexer): Map<string, Attribute> {
  if (!lexer.isMark('<')) return new Map();
  return new Map(lexer.list('<', '>', () => parseAttribute(lexer, parseGraph)));
}

/** `<domain, opset_import> name <attributes> (inputs) => (outputs) { nodes }`. */
function parseFunction(lexer: Lexer): FunctionDefinition {
  const header = parseHeader(lexer);
  const name = lexer.takeName();
  const attributes: string[] = [];
  const attributeDefaults = new Map<string, Attribute>();
  if (lexer.isMark('<')) {
    lexer.list('<', '>', () => {
      if (lexer.isMark(',', 1) || lexer.isMark('>', 1)) attributes.push(lexer.takeName());
      else attributeDefaults.set(...parseAttribute(lexer, parseGraph));
    });
  }
  const inputs = lexer.list('(', ')', () => lexer.takeName());
  lexer.takeMark('=>');
  const outputs = lexer.list('(', ')', () => lexer.takeName());
  const { valueInfo } = parseDeclared(lexer);
  const overload = header.strings.get('overload') ?? '';
  return {
    name,
    domain: header.strings.get('domain') ?? '',
    ...(overload ? { overload } : {}),
    inputs,
    outputs,
    attributes,
    attributeDefaults,
    nodes: parseNodes(lexer),
    opsets: header.opsets,
    valueInfo,
  };
}
