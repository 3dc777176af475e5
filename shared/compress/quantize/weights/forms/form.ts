/** What a form is given to write one node with its weights, and what it may share with other nodes. */

import type { GraphEditor } from '../../../../onnx/graph-editor.ts';
import type { Node } from '../../../../onnx/model.ts';
import type { StoredTensor } from '../../../../onnx/stored-tensor.ts';
import { briefName } from '../../brief-name.ts';
import type { UsedWeight, WeightUse } from '../find-weight-uses.ts';
import type { RoundedWeight } from '../rounded-weight.ts';
import type { PlannedWeight } from '../weight-plan.ts';

export interface FormContext {
  readonly graph: GraphEditor;
  /** As it stands in the graph now. */
  readonly node: Node;
  readonly use: WeightUse;
  readonly planned: PlannedWeight;
  readonly weights: SharedWeights;
  /** Names that one graph's nodes share: activations that are quantized once for several products. */
  readonly activations: Map<string, readonly string[]>;
  readonly rounded?: RoundedWeight;
}

/** Writes the node anew. */
export type ApplyForm = (context: FormContext) => void;

/** Quantized weights, made once for all nodes that use the same weight in the same form. */
export class SharedWeights {
  readonly #made = new Map<StoredTensor, Map<string, readonly string[]>>();
  readonly #replaced: { readonly scope: GraphEditor; readonly name: string }[] = [];

  /**
   * The names that `make` gave for this weight and `key`. `make` is called with the editor of the graph that
   * defines the weight (tensors are added there, so that every body sees them) and a maker of new names.
   */
  get(
    { graph, node }: Pick<FormContext, 'graph' | 'node'>,
    { position, tensor }: UsedWeight,
    key: string,
    make: (place: WeightPlace) => readonly string[],
  ): readonly string[] {
    const name = node.inputs[position] ?? '';
    const definition = graph.resolve(name);
    const scope = definition?.scope ?? graph;
    this.#replaced.push({ scope, name });
    const known = this.#made.get(tensor)?.get(key);
    if (known) return known;
    const defining = definition?.kind === 'node' ? definition.node : undefined;
    const made = make({
      add: (weight) => scope.addInitializer(weight),
      insert: (...nodes) => {
        if (defining) scope.insertAfter(defining, ...nodes);
        else scope.insertBefore([...firstOf(scope.nodes())][0] ?? null, ...nodes);
      },
      name: (suffix) => scope.freshName(`${briefName(name)}_${suffix}`),
    });
    const forms = this.#made.get(tensor) ?? new Map<string, readonly string[]>();
    this.#made.set(tensor, forms.set(key, made));
    return made;
  }

  /** Takes out the float32 weights of a graph that nothing reads any more. */
  removeUnused(scope: GraphEditor): void {
    for (const { scope: owner, name } of this.#replaced) {
      if (owner !== scope || scope.isUsed(name)) continue;
      const producer = scope.producer(name);
      if (producer) scope.remove(producer);
      else {
        scope.removeInitializer(name);
        // Before IR 4 initializers are inputs too.
        if (scope.isInput(name))
          scope.setInputs(scope.inputs.filter((input) => input.name !== name));
      }
    }
  }
}

/** Where a weight is defined: tensors and nodes put there are seen by all that see the weight. */
export interface WeightPlace {
  readonly add: (tensor: StoredTensor) => string;
  /** Puts nodes behind the weight and before everything that could read them. */
  readonly insert: (...nodes: readonly Node[]) => void;
  readonly name: (suffix: string) => string;
}

function* firstOf<T>(items: Iterable<T>): IterableIterator<T> {
  for (const item of items) {
    yield item;
    return;
  }
}
