/** The float16 and the float32 form of every value: names, casts and converted constants, each made once. */
import { ELEMENT_TYPES } from '../../../onnx/element-type.ts';
import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { makeNode } from '../../../onnx/make-node.ts';
import type { Node } from '../../../onnx/model.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { keyOf } from '../int8/scopes.ts';
import type { PlannedHalf } from './float16-plan.ts';
import { halfTensor } from './half-tensor.ts';

export const HALF_CODE = ELEMENT_TYPES.float16.code;

type RealType = 'float16' | 'float32';

/** A value where it is defined. */
interface Entry {
  /** The type that what defines it gives, as far as it is one of the two. */
  readonly home: RealType;
  readonly names: { [Type in RealType]?: string };
}

/** Of all graphs of a model while it is edited; see the head of the file. */
export class TypedValues {
  readonly #planned: ReadonlyMap<string, PlannedHalf>;
  readonly #io: RealType;
  readonly #scopes = new Map<GraphEditor, string>();
  readonly #results = new Map<GraphEditor, ReadonlySet<string>>();
  readonly #entries = new Map<GraphEditor, Map<string, Entry>>();
  readonly #constants: { readonly graph: GraphEditor; readonly name: string }[] = [];

  constructor(planned: ReadonlyMap<string, PlannedHalf>, io: RealType) {
    this.#planned = planned;
    this.#io = io;
  }

  /** Has to be told of a graph before anything in it, or in its bodies, is asked; `results`: outputs of a body that are float16. */
  enter(graph: GraphEditor, scope: string, results: ReadonlySet<string>): void {
    this.#scopes.set(graph, scope);
    this.#results.set(graph, results);
  }

  /** The name under which a reader in `graph` finds the value in that type; other types than these two are left as they are. */
  as(graph: GraphEditor, name: string, type: RealType): string {
    const definition = name === '' ? undefined : graph.resolve(name);
    if (!definition) return name;
    const { scope } = definition;
    const constant = scope.constant(name);
    if (constant) {
      return type === 'float16' && constant.type === 'float32'
        ? this.#halfConstant(scope, name, constant)
        : name;
    }
    const entry = this.#entry(scope, name);
    return entry.names[type] ?? this.#cast(scope, name, entry, type);
  }

  /** The name that a node's result gets: its own, or another where the graph's output of that name has to be of the other type. */
  ownName(graph: GraphEditor, name: string): string {
    if (name === '') return name;
    const { home, names } = this.#entry(graph, name);
    return names[home] ?? name;
  }

  /** After the node that gives `name` was rewritten: the Cast to the graph's output, and the declared type. */
  defined(graph: GraphEditor, name: string): void {
    const { home, names } = this.#entry(graph, name);
    const own = names[home] ?? name;
    const producer = graph.producer(own);
    if (producer && own !== name) graph.insertAfter(producer, castNode(own, name, otherType(home)));
    const info = graph.valueInfo.get(name);
    if (home === 'float16' && own === name && info?.type?.kind === 'tensor')
      graph.declare({ ...info, type: { ...info.type, elementType: home } });
  }

  /** Takes out constants of which only the float16 form is read. */
  finish(graph: GraphEditor): void {
    for (const { graph: owner, name } of this.#constants) {
      if (owner !== graph || graph.isUsed(name)) continue;
      const producer = graph.producer(name);
      if (producer) graph.remove(producer);
      else {
        graph.removeInitializer(name);
        if (graph.isInput(name))
          graph.setInputs(graph.inputs.filter((input) => input.name !== name));
      }
    }
  }

  #entry(graph: GraphEditor, name: string): Entry {
    const entries = this.#entries.get(graph) ?? new Map<string, Entry>();
    this.#entries.set(graph, entries);
    const known = entries.get(name);
    if (known) return known;
    const home: RealType = this.#isHalf(graph, name) ? 'float16' : 'float32';
    const wanted = this.#outputType(graph, name) ?? home;
    const entry: Entry = {
      home,
      names:
        wanted === home
          ? { [home]: name }
          : { [home]: graph.freshName(`${name}_${home}`), [wanted]: name },
    };
    entries.set(name, entry);
    return entry;
  }

  /** What the graph has to give under this name, if it is a real output of the graph. */
  #outputType(graph: GraphEditor, name: string): RealType | undefined {
    if (!graph.isOutput(name) || !graph.producer(name)) return undefined;
    if (graph.parent) return this.#results.get(graph)?.has(name) ? 'float16' : 'float32';
    const info = graph.outputs.find((output) => output.name === name);
    const isReal = info?.type?.kind === 'tensor' && info.type.elementType === 'float32';
    return isReal ? this.#io : 'float32';
  }

  #isHalf(graph: GraphEditor, name: string): boolean {
    const producer = graph.producer(name);
    if (!producer) {
      const info = graph.inputs.find((input) => input.name === name);
      const isReal = info?.type?.kind === 'tensor' && info.type.elementType === 'float32';
      return this.#io === 'float16' && !graph.parent && isReal;
    }
    const scope = this.#scopes.get(graph) ?? '';
    const planned = this.#planned.get(keyOf({ scope, name: producer.outputs[0] ?? '' }));
    return planned?.outputs.includes(producer.outputs.indexOf(name)) ?? false;
  }

  #cast(graph: GraphEditor, name: string, entry: Entry, type: RealType): string {
    const cast = graph.freshName(`${name}_${type}`);
    entry.names[type] = cast;
    const from = entry.names[entry.home] ?? name;
    const node = castNode(from, cast, type);
    // A body may ask before the node around it was rewritten.
    const producer = graph.producer(from) ?? graph.producer(name);
    if (producer) graph.insertAfter(producer, node);
    else graph.insertBefore(graph.nodes().next().value ?? null, node);
    return cast;
  }

  #halfConstant(graph: GraphEditor, name: string, tensor: StoredTensor): string {
    const entries = this.#entries.get(graph) ?? new Map<string, Entry>();
    this.#entries.set(graph, entries);
    const known = entries.get(name)?.names.float16;
    if (known !== undefined) return known;
    const half = graph.addInitializer(halfTensor(graph.freshName(`${name}_float16`), tensor));
    entries.set(name, { home: 'float32', names: { float32: name, float16: half } });
    this.#constants.push({ graph, name });
    return half;
  }
}

function otherType(type: RealType): RealType {
  return type === 'float16' ? 'float32' : 'float16';
}

function castNode(from: string, to: string, type: RealType): Node {
  return makeNode('Cast', [from], [to], { to: ELEMENT_TYPES[type].code });
}
