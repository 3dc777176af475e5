/** Models as text; see text.ts. */
import { subgraphsOf } from '../graph-walk.ts';
import type { Attribute, FunctionDefinition, Graph, Model, Node, SparseTensor } from '../model.ts';
import type { StoredTensor } from '../stored-tensor.ts';
import { typeText, valueText } from './print-type.ts';
import { contentsText } from './tensor-literal.ts';
import { bytesText, elementWord, floatText, KIND_WORDS, nameText, operatorText } from './words.ts';

export interface PrintOptions {
  /** Tensors with more elements are printed as a digest, which cannot be read back; 32. */
  readonly maxElements?: number;
}

/** A 3×3 kernel of three channels is still read by people; a line of more numbers is not. */
const DEFAULT_MAX_ELEMENTS = 32;

/** The whole model. Equal models give equal text. */
export function printModel(model: Model, options: PrintOptions = {}): string {
  const header = [
    `ir_version: ${model.irVersion}`,
    opsetsText(model.opsets),
    ...(model.producerName ? [`producer_name: ${JSON.stringify(model.producerName)}`] : []),
    ...(model.producerVersion
      ? [`producer_version: ${JSON.stringify(model.producerVersion)}`]
      : []),
    ...(model.domain ? [`domain: ${JSON.stringify(model.domain)}`] : []),
    ...(model.modelVersion ? [`model_version: ${model.modelVersion}`] : []),
    ...(model.docString ? [`doc_string: ${JSON.stringify(model.docString)}`] : []),
    ...(model.metadata.size > 0 ? [`metadata_props: ${entriesText(model.metadata)}`] : []),
  ];
  const printer = new Printer(options.maxElements ?? DEFAULT_MAX_ELEMENTS);
  const parts = [
    headerText(header),
    printer.graph(model.graph, ''),
    ...model.functions.flatMap((definition) => printer.definition(definition)),
  ];
  return `${parts.join('\n')}\n`;
}

/** A graph alone. */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  return new Printer(options.maxElements ?? DEFAULT_MAX_ELEMENTS).graph(graph, '');
}

/** A node alone, on one line unless it has bodies. */
export function printNode(node: Node, options: PrintOptions = {}): string {
  return new Printer(options.maxElements ?? DEFAULT_MAX_ELEMENTS).node(node, '');
}

class Printer {
  readonly #maxElements: number;

  constructor(maxElements: number) {
    this.#maxElements = maxElements;
  }

  graph(graph: Graph, indent: string): string {
    const declared = [
      ...[...graph.initializers.values()].map((tensor) => this.#initializer(tensor)),
      ...graph.sparseInitializers.map((sparse) => this.#sparseInitializer(sparse)),
      ...[...graph.valueInfo.values()].map(valueText),
    ];
    const head = `${nameText(graph.name)} (${graph.inputs.map(valueText).join(', ')}) => (${graph.outputs.map(valueText).join(', ')})`;
    return `${head}${this.#declared(declared, indent)}${this.#nodes(graph.nodes, indent)}`;
  }

  definition(definition: FunctionDefinition): string[] {
    const header = [
      `domain: ${JSON.stringify(definition.domain)}`,
      ...(definition.overload ? [`overload: ${JSON.stringify(definition.overload)}`] : []),
      opsetsText(definition.opsets),
    ];
    const attributes = [
      ...definition.attributes.map(nameText),
      ...[...definition.attributeDefaults].map(([name, value]) => this.#attribute(name, value, '')),
    ];
    const parameters = attributes.length > 0 ? ` <${attributes.join(', ')}>` : '';
    const head = `${nameText(definition.name)}${parameters} (${definition.inputs.map(nameText).join(', ')}) => (${definition.outputs.map(nameText).join(', ')})`;
    const declared = [...definition.valueInfo.values()].map(valueText);
    return [
      headerText(header),
      `${head}${this.#declared(declared, '')}${this.#nodes(definition.nodes, '')}`,
    ];
  }

  node(node: Node, indent: string): string {
    const name = node.name === '' ? '' : `[${nameText(node.name)}] `;
    const operator = operatorText(node.domain, node.opType, node.overload);
    const inputs = ` (${node.inputs.map(nameText).join(', ')})`;
    const outputs = node.outputs.map(nameText).join(', ');
    const left = `${indent}${name}${outputs}${outputs === '' ? '' : ' '}= ${operator}`;
    if (node.attributes.size === 0) return left + inputs;
    if (subgraphsOf(node).length === 0) {
      const attributes = [...node.attributes].map(([key, value]) =>
        this.#attribute(key, value, ''),
      );
      return `${left} <${attributes.join(', ')}>${inputs}`;
    }
    const inner = `${indent}  `;
    const attributes = [...node.attributes].map(
      ([key, value]) => inner + this.#attribute(key, value, inner),
    );
    return `${left}${inputs} <\n${attributes.join(',\n')}\n${indent}>`;
  }

  #declared(entries: readonly string[], indent: string): string {
    if (entries.length === 0) return ' ';
    return `\n${indent}<\n${entries.map((entry) => `${indent}  ${entry}`).join(',\n')}\n${indent}>\n${indent}`;
  }

  #nodes(nodes: readonly Node[], indent: string): string {
    if (nodes.length === 0) return '{}';
    return `{\n${nodes.map((node) => this.node(node, `${indent}  `)).join('\n')}\n${indent}}`;
  }

  #attribute(name: string, attribute: Attribute, indent: string): string {
    const plain = `${nameText(name)} = `;
    const typed = (kind: keyof typeof KIND_WORDS): string =>
      `${nameText(name)}: ${KIND_WORDS[kind]} = `;
    const list = (items: readonly string[]): string => `[${items.join(', ')}]`;
    switch (attribute.type) {
      case 'float':
        return plain + floatText(attribute.value);
      case 'int':
        return plain + attribute.value;
      case 'string':
        return plain + bytesText(attribute.value);
      case 'tensor':
        return plain + this.#tensor(attribute.value);
      case 'graph':
        return plain + this.graph(attribute.value, indent);
      // An empty list does not show its kind.
      case 'floats':
        return (
          (attribute.value.length > 0 ? plain : typed('floats')) +
          list(attribute.value.map((value) => floatText(value)))
        );
      case 'ints':
        return (
          (attribute.value.length > 0 ? plain : typed('ints')) + list(attribute.value.map(String))
        );
      case 'strings':
        return (
          (attribute.value.length > 0 ? plain : typed('strings')) +
          list(attribute.value.map(bytesText))
        );
      case 'sparse-tensor':
        return typed('sparse-tensor') + this.#sparse(attribute.value);
      case 'type':
        return typed('type') + typeText(attribute.value);
      case 'tensors':
        return typed('tensors') + list(attribute.value.map((tensor) => this.#tensor(tensor)));
      case 'graphs':
        return typed('graphs') + list(attribute.value.map((graph) => this.graph(graph, indent)));
      case 'sparse-tensors':
        return (
          typed('sparse-tensors') + list(attribute.value.map((sparse) => this.#sparse(sparse)))
        );
      case 'types':
        return typed('types') + list(attribute.value.map(typeText));
      case 'reference':
        return `${typed(attribute.of)}@${nameText(attribute.value)}`;
    }
  }

  #initializer(tensor: StoredTensor): string {
    return `${denseType(tensor)} ${nameText(tensor.name)} = ${this.#contents(tensor)}`;
  }

  #sparseInitializer(sparse: SparseTensor): string {
    return `sparse_tensor ${nameText(sparse.values.name)} = ${this.#sparse(sparse)}`;
  }

  #tensor(tensor: StoredTensor): string {
    const name = tensor.name === '' ? '' : `${nameText(tensor.name)} `;
    return `${denseType(tensor)} ${name}${this.#contents(tensor)}`;
  }

  #sparse({ dims, values, indices }: SparseTensor): string {
    return `{dims: [${dims.join(', ')}], values: ${this.#tensor(values)}, indices: ${this.#tensor(indices)}}`;
  }

  #contents(tensor: StoredTensor): string {
    return contentsText(tensor, this.#maxElements);
  }
}

function denseType({ type, dims }: StoredTensor): string {
  return dims.length === 0 ? elementWord(type) : `${elementWord(type)}[${dims.join(',')}]`;
}

function headerText(fields: readonly string[]): string {
  return `<\n${fields.map((field) => `  ${field}`).join(',\n')}\n>`;
}

function opsetsText(opsets: ReadonlyMap<string, number>): string {
  const entries = [...opsets].map(([domain, version]) => `${JSON.stringify(domain)}: ${version}`);
  return `opset_import: [${entries.join(', ')}]`;
}

function entriesText(entries: ReadonlyMap<string, string>): string {
  const texts = [...entries].map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `[${texts.join(', ')}]`;
}
