/** Types and shapes of every value of a model, without its weights; see infer/skeleton.ts for how. */
import { capturedNames, subgraphsOf } from '../onnx/graph-walk.ts';
import type { Graph, Model, ValueType } from '../onnx/model.ts';
import type { ChildValue } from './child/protocol.ts';
import { bodyInputTypes, outputTypesFromBodies } from './infer/body-types.ts';
import { type GraphTypes, inferGraph, type Surroundings } from './infer/infer-graph.ts';
import { type TypeTable, TypeTableBuilder } from './infer/type-table.ts';
import type { RuntimeProcess } from './runtime-process.ts';
import { askOptions, childOptions, type SessionOptions } from './session.ts';
import { onProcess } from './shared-process.ts';

export type { TypeTable } from './infer/type-table.ts';

/** A round gives types to control-flow nodes that hold unknown ops, one level of nesting at a time. */
const ROUNDS = 4;

/**
 * Infers with onnxruntime, in memory that does not depend on the weights: a 3 GB model and one with
 * ops that nobody knows are no different. Values inside bodies of If, Loop and Scan are included,
 * those inside functions are not. What cannot be inferred is left out, with a reason.
 *
 * @throws UnsupportedError when onnxruntime cannot be loaded, TimeLimitError after the time-out.
 */
export async function inferTypes(
  model: Model,
  options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'> = {},
): Promise<TypeTable> {
  const inference = new Inference(model, options);
  const inputs = model.graph.inputs.flatMap(({ name, type }): [string, ValueType][] =>
    type && type.kind !== 'unknown' ? [[name, type]] : [],
  );
  await inference.infer(model.graph, undefined, { types: new Map(inputs), constants: new Map() });
  return inference.table;
}

class Inference {
  readonly table = new TypeTableBuilder();
  readonly #model: Model;
  readonly #options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'>;

  constructor(model: Model, options: Pick<SessionOptions, 'process' | 'signal' | 'timeoutMs'>) {
    this.#model = model;
    this.#options = options;
  }

  /** Fills the table for a graph, then for its bodies, and again while those tell more about it. */
  async infer(graph: Graph, outer: Graph | undefined, around: Surroundings): Promise<void> {
    const hints = new Map<string, ValueType>();
    for (let round = 1; ; round++) {
      const found = await inferGraph(
        (bytes) => this.#ask(bytes),
        this.#model,
        graph,
        around,
        hints,
      );
      this.table.set(graph, { outer, ...found });
      const learnt = await this.#inferBodies(graph, found);
      if (learnt.size === 0 || round === ROUNDS) return;
      for (const [name, type] of learnt) hints.set(name, type);
    }
  }

  /** Gives output types of nodes that only their bodies' types tell. */
  async #inferBodies(graph: Graph, found: GraphTypes): Promise<Map<string, ValueType>> {
    const learnt = new Map<string, ValueType>();
    for (const node of graph.nodes) {
      const bodies = subgraphsOf(node);
      if (bodies.length === 0) continue;
      for (const { graph: body } of bodies) {
        const types = new Map<string, ValueType>();
        const constants = new Map(found.constants);
        for (const name of capturedNames(body)) {
          const type = found.types.get(name);
          if (type) types.set(name, type);
        }
        bodyInputTypes(node, body, (name) => found.types.get(name)).forEach((type, index) => {
          const name = body.inputs[index]?.name ?? '';
          if (type) types.set(name, type);
          constants.delete(name);
        });
        await this.infer(body, graph, { types, constants });
      }
      const outputs = outputTypesFromBodies(node, (body, name) => this.table.get(body, name));
      node.outputs.forEach((name, index) => {
        const type = outputs[index];
        if (type && found.unknown.has(name)) learnt.set(name, type);
      });
    }
    return learnt;
  }

  async #ask(bytes: Uint8Array): Promise<readonly ChildValue[]> {
    const { signal, timeoutMs } = this.#options;
    return await onProcess(this.#options.process, async (process: RuntimeProcess) => {
      const session = process.nextSessionNumber();
      const { outputs } = await process.ask(
        'open',
        { session, source: bytes, options: childOptions({ optimization: 'disabled' }) },
        askOptions('inferring types', timeoutMs, signal),
      );
      await process.ask('close', { session });
      return outputs;
    });
  }
}
