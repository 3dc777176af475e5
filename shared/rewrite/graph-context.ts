/** One graph under rewriting: its editor, and what is known about its values. */
import type { ElementType } from '../onnx/element-type.ts';
import type { GraphEditor } from '../onnx/graph-editor.ts';
import type { Dim, Graph, ValueType } from '../onnx/model.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { Dims } from './dims/dims.ts';
import type { Refusal } from './refusal.ts';

/** Types by graph, as `TypeTable` of the runtime gives them. */
export interface KnownTypes {
  get(graph: Graph, value: string): ValueType | undefined;
}

export interface GraphContextParts {
  readonly editor: GraphEditor;
  /** The graph that the editor was made from: types are known of that one. */
  readonly original: Graph;
  readonly opsets: ReadonlyMap<string, number>;
  readonly types: KnownTypes | undefined;
  /** Types that passes {@link GraphContext.learn}, for those after them. */
  readonly learnt?: Map<string, ValueType>;
  readonly refuse: (refusal: Refusal) => void;
}

/** See the head of the file. */
export class GraphContext {
  readonly editor: GraphEditor;
  readonly original: Graph;
  /** The version of ai.onnx that the model imports; 0 when it imports none. */
  readonly opset: number;
  readonly opsets: ReadonlyMap<string, number>;
  readonly #types: KnownTypes | undefined;
  readonly #learnt: Map<string, ValueType>;
  readonly #refuse: (refusal: Refusal) => void;
  #dims: Dims | undefined;

  constructor({ editor, original, opsets, types, learnt, refuse }: GraphContextParts) {
    this.editor = editor;
    this.original = original;
    this.opsets = opsets;
    this.opset = opsets.get('') ?? 0;
    this.#types = types;
    this.#learnt = learnt ?? new Map();
    this.#refuse = refuse;
  }

  /** The type of a value, inferred before the pass, declared, or learnt since; `undefined` when unknown. */
  typeOf(value: string): ValueType | undefined {
    const learnt = this.#learnt.get(value);
    if (learnt) return learnt;
    const tensor = this.editor.constant(value);
    if (tensor) return { kind: 'tensor', elementType: tensor.type, shape: tensor.dims };
    return this.#types?.get(this.original, value) ?? this.#declared(value);
  }

  /** Dims as far as they are known; `undefined` when not even the rank is. */
  shapeOf(value: string): readonly Dim[] | undefined {
    const type = this.typeOf(value);
    return type?.kind === 'tensor' ? (type.shape ?? undefined) : undefined;
  }

  /** The shape, when every dim is a number. */
  staticShapeOf(value: string): readonly number[] | undefined {
    const shape = this.shapeOf(value);
    return shape?.every((dim) => typeof dim === 'number') ? shape : undefined;
  }

  elementTypeOf(value: string): ElementType | undefined {
    const type = this.typeOf(value);
    return type?.kind === 'tensor' ? type.elementType : undefined;
  }

  /** Sizes followed through the graph. */
  get dims(): Dims {
    this.#dims ??= new Dims(this);
    return this.#dims;
  }

  constant(value: string): StoredTensor | undefined {
    return value === '' ? undefined : this.editor.constant(value);
  }

  /** Says what a value of a fresh name holds, for rules that come to it later. */
  learn(value: string, type: ValueType | undefined): void {
    if (type) this.#learnt.set(value, type);
  }

  refuse(refusal: Refusal): void {
    this.#refuse(refusal);
  }

  #declared(value: string): ValueType | undefined {
    const { editor } = this;
    const info =
      editor.valueInfo.get(value) ??
      editor.inputs.find(({ name }) => name === value) ??
      editor.outputs.find(({ name }) => name === value);
    return info?.type ?? undefined;
  }
}
