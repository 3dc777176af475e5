/**
 * A model written in a later version of ai.onnx: what each operator did, it does after.
 *
 * Our own converter: onnx's needs Python and the weights in memory, and leaves bodies of control flow
 * and functions as they were.
 */
import { UnsupportedError } from '../base/errors.ts';
import type { Edited } from '../onnx/edit-model.ts';
import type { GraphEditor } from '../onnx/graph-editor.ts';
import { makeNode } from '../onnx/make-node.ts';
import { int64Tensor } from '../onnx/make-tensor.ts';
import type { Dim, FunctionDefinition, Graph, Model, Node } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { NEWEST_OPSET, versionsOf } from '../ops/find-op.ts';
import { editFunction, editGraphs } from '../rewrite/edit-graphs.ts';
import { type ElementTypeOf, elementTypes } from '../rewrite/element-types.ts';
import { Refusal, refuse } from '../rewrite/refusal.ts';
import type { TypeTable } from '../runtime/infer-types.ts';
import type { AdapterContext } from './raise-opset/adapter.ts';
import { adapterOf } from './raise-opset/adapters.ts';
import { withIrVersion } from './raise-opset/ir-version.ts';

/** The oldest version that we convert from: before it elementwise operators had other broadcasting rules. */
const OLDEST_OPSET = 7;

/** How many operators that cannot go on a message names. */
const NAMED = 5;

/**
 * The model at `version` of ai.onnx, or the model itself when it is there already. Bodies and functions
 * go with it. With `types` (of this very model) fewer nodes are needed around Softmax.
 * @throws UnsupportedError that names each operator whose change cannot be expressed.
 */
export function raiseOpset(model: Model, version: number, types?: TypeTable): Model {
  if (version > NEWEST_OPSET)
    throw new UnsupportedError(`opset ${version} is not known: the newest is ${NEWEST_OPSET}`);
  const raised = new Raise(version, types).run(model);
  return raised === model ? model : withIrVersion(raised, version);
}

class Raise {
  readonly #target: number;
  readonly #types: TypeTable | undefined;
  readonly #refusals: Refusal[] = [];
  #elementTypes: ElementTypeOf | undefined;

  constructor(target: number, types: TypeTable | undefined) {
    this.#target = target;
    this.#types = types;
  }

  run(model: Model): Model {
    const from = model.opsets.get('') ?? this.#target;
    if (from < OLDEST_OPSET)
      throw new UnsupportedError(
        `opset ${from} is older than ${OLDEST_OPSET}, the oldest that can be raised`,
        { hint: `Export the model with opset ${this.#target}.` },
      );
    const functions = model.functions.map((definition) => this.#raiseFunction(definition));
    const isBehind = from < this.#target;
    if (!isBehind && functions.every((definition, index) => definition === model.functions[index]))
      return model;
    this.#elementTypes = elementTypes(model);
    const { model: edited } = isBehind ? this.#raiseGraphs(model, from) : { model };
    this.#report(from);
    const opsets = isBehind ? new Map(edited.opsets).set('', this.#target) : edited.opsets;
    return { ...edited, functions, opsets };
  }

  #raiseGraphs(model: Model, from: number): Edited {
    return editGraphs(model, (editor, graph) => {
      const constant = (tensor: StoredTensor): string => editor.addInitializer(tensor);
      for (const node of [...editor.nodes()])
        this.#raiseNode(node, from, { editor, graph, constant });
    });
  }

  #raiseFunction(definition: FunctionDefinition): FunctionDefinition {
    const from = definition.opsets.get('') ?? this.#target;
    if (from >= this.#target) return definition;
    const edited = editFunction(definition, (editor, graph) => {
      for (const node of [...editor.nodes()]) {
        // A function has no initializers: its constants are nodes.
        const constant = (tensor: StoredTensor): string => {
          editor.insertBefore(node, makeNode('Constant', [], [tensor.name], { value: tensor }));
          return tensor.name;
        };
        this.#raiseNode(node, from, { editor, graph, constant });
      }
    });
    return { ...edited, opsets: new Map(edited.opsets).set('', this.#target) };
  }

  #raiseNode(node: Node, from: number, place: Place): void {
    if (node.domain !== '') return;
    const raised = this.#raise(node, from, place);
    if (raised.length !== 1 || raised[0] !== node) place.editor.replace(node, ...raised);
  }

  /** The node at the target version; new nodes go on from the version that made them. */
  #raise(node: Node, from: number, place: Place): readonly Node[] {
    const version = versionsOf('', node.opType).find(
      (since) => since > from && since <= this.#target,
    );
    if (version === undefined) return [node];
    const adapter = adapterOf(node.opType, version);
    if (adapter === null) return this.#raise(node, version, place);
    const result = adapter
      ? this.#adapt(node, adapter, place)
      : refuse(`its change in opset ${version} is not known`, node);
    if (result instanceof Refusal) {
      this.#refusals.push(result);
      return [node];
    }
    return result.flatMap((next) => this.#raise(next, version, place));
  }

  #adapt(node: Node, adapter: NonNullable<ReturnType<typeof adapterOf>>, place: Place) {
    for (const [name, { type }] of node.attributes) {
      if (type === 'reference')
        return refuse(`its '${name}' is an attribute of the function around it`, node);
    }
    return adapter(node, this.#context(place));
  }

  #context({ editor, graph, constant }: Place): AdapterContext {
    return {
      target: this.#target,
      constant,
      ints: (hint, values) =>
        constant(int64Tensor(editor.freshName(hint), [values.length], values)),
      valueOf: (name) => editor.constant(name),
      elementTypeOf: (name) => {
        const type = this.#types?.get(graph, name);
        return type?.kind === 'tensor' ? type.elementType : this.#elementTypes?.(graph, name);
      },
      shapeOf: (name) => this.#shapeOf(editor, graph, name),
      isUsed: (name) => editor.isUsed(name),
      freshName: (hint) => editor.freshName(hint),
    };
  }

  #shapeOf(editor: GraphEditor, graph: Graph, name: string): readonly Dim[] | undefined {
    const type =
      this.#types?.get(graph, name) ??
      editor.valueInfo.get(name)?.type ??
      editor.inputs.find((input) => input.name === name)?.type;
    return type?.kind === 'tensor' ? (type.shape ?? undefined) : editor.constant(name)?.dims;
  }

  #report(from: number): void {
    const [first] = this.#refusals;
    if (!first) return;
    const named = this.#refusals
      .slice(0, NAMED)
      .map(({ nodes, reason }) => `${nodes.join(', ')}: ${reason}`);
    const more = this.#refusals.length > NAMED ? `, and ${this.#refusals.length - NAMED} more` : '';
    throw new UnsupportedError(
      `the model cannot be raised from opset ${from} to ${this.#target}: ${named.join('; ')}${more}`,
      { where: first.nodes.join(', '), hint: `Export the model with opset ${this.#target}.` },
    );
  }
}

/** Where a node stands, and how a constant is made there. */
interface Place {
  readonly editor: GraphEditor;
  readonly graph: Graph;
  readonly constant: (tensor: StoredTensor) => string;
}
