/** GraphDef, and the functions beside it, which are read when they are asked for. Source: tensorflow/core/framework/graph.proto. */
import { ModelError } from '../../../base/errors.ts';
import type { ByteRange } from '../../../onnx/stored-tensor.ts';
import type { Budget } from './budget.ts';
import { type RawFunction, readFunction, readFunctionName } from './function.ts';
import { type Nodes, NodeTable } from './node-table.ts';
import { TfReader } from './tf-reader.ts';

/** What a function takes that is not read. */
const FUNCTION_BYTES = 250;

/** A graph as the file has it. */
export interface RawGraph {
  readonly nodes: Nodes;
  readonly functions: FunctionLibrary;
  /** The version of the GraphDef format that the producer wrote; 0 when it does not say. */
  readonly producerVersion: number;
}

/**
 * The functions of a file. Keras 2 writes hundreds of which a signature needs a few dozen, so each is
 * read when it is asked for the first time.
 */
export class FunctionLibrary {
  readonly #ranges = new Map<string, ByteRange>();
  readonly #read = new Map<string, RawFunction>();
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Takes the current field of the reader as a function. */
  add(reader: TfReader): void {
    const [name, range] = reader.message(() => {
      const { contents } = reader;
      return [readFunctionName(reader), contents] as const;
    });
    reader.charge(FUNCTION_BYTES);
    this.#ranges.set(name, range);
  }

  get size(): number {
    return this.#ranges.size;
  }

  has(name: string): boolean {
    return this.#ranges.has(name);
  }

  /** @throws ModelError when the file does not hold it */
  get(name: string): RawFunction {
    const known = this.#read.get(name);
    if (known) return known;
    const range = this.#ranges.get(name);
    if (!range)
      throw new ModelError(
        `the graph calls the function '${name.slice(0, 200)}', which it does not hold`,
      );
    const made = readFunction(TfReader.at(range, this.#budget));
    this.#read.set(name, made);
    return made;
  }
}

/** The current message as a graph. @throws ModelError when two nodes have one name */
export function readGraph(reader: TfReader): RawGraph {
  const nodes = new NodeTable(reader);
  const functions = new FunctionLibrary(reader.budget);
  let producerVersion = 0;
  while (reader.next()) {
    if (reader.field === 1) nodes.addCurrent();
    else if (reader.field === 2)
      reader.message(() => {
        while (reader.next()) {
          if (reader.field === 1) functions.add(reader);
          else reader.skip();
        }
      });
    else if (reader.field === 4)
      reader.message(() => {
        while (reader.next()) {
          if (reader.field === 1) producerVersion = reader.integer();
          else reader.skip();
        }
      });
    else reader.skip();
  }
  return { nodes, functions, producerVersion };
}
