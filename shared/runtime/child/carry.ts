/** A session whose outputs become its next inputs: they stay in this process until the end. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';

/** An output and the input that it becomes. */
export interface CarryLink {
  readonly input: string;
  readonly output: string;
}

type OrtTensors = Record<string, OrtTensor>;

/** What another session gives to this one in every step, before it. */
export interface Helper {
  readonly session: InferenceSession;
  /** Its inputs, by the names under which a step is fed. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Its outputs, with the inputs of the carrying session that they become. */
  readonly outputs: readonly CarryLink[];
}

/** Steps under way. Each input has two places in memory, which outputs are written into in turn. */
export class Carry {
  readonly #session: InferenceSession;
  readonly #links: readonly CarryLink[];
  readonly #helper: Helper | undefined;
  #now: OrtTensors;
  #next: OrtTensors | undefined;

  constructor(
    session: InferenceSession,
    links: readonly CarryLink[],
    start: OrtTensors,
    helper: Helper | undefined,
  ) {
    const missing = links.find(({ input }) => !start[input]);
    if (missing) throw new Error(`nothing to start '${missing.input}' with was given`);
    this.#session = session;
    this.#links = links;
    this.#now = start;
    this.#helper = helper;
  }

  /** One run: gives the outputs in `fetch`, and carries the others on. */
  async step(feeds: OrtTensors, fetch: readonly string[]): Promise<OrtTensors> {
    const helped = this.#helper ? await help(this.#helper, feeds) : {};
    const fetches: Record<string, OrtTensor | null> = {};
    for (const name of fetch) fetches[name] = null;
    for (const { input, output } of this.#links) fetches[output] = this.#next?.[input] ?? null;
    const given = Object.fromEntries(
      this.#session.inputNames.map((name) => [
        name,
        this.#now[name] ?? helped[name] ?? feeds[name],
      ]),
    );
    const results = await this.#session.run(given as OrtTensors, fetches);
    const before = this.#now;
    const carried: OrtTensors = {};
    for (const { input, output } of this.#links) carried[input] = asTensor(output, results[output]);
    this.#now = carried;
    this.#next = before;
    return Object.fromEntries(fetch.map((name) => [name, asTensor(name, results[name])]));
  }

  /** As they are now, by input. */
  get values(): OrtTensors {
    return this.#now;
  }
}

async function help({ session, inputs, outputs }: Helper, feeds: OrtTensors): Promise<OrtTensors> {
  const given: OrtTensors = {};
  for (const [name, from] of Object.entries(inputs)) {
    const feed = feeds[from];
    if (!feed) throw new Error(`'${from}' is missing`);
    given[name] = feed;
  }
  const names = [...new Set(outputs.map(({ output }) => output))];
  const results = await session.run(given, names);
  return Object.fromEntries(
    outputs.map(({ output, input }) => [input, asTensor(output, results[output])]),
  );
}

function asTensor(name: string, value: unknown): OrtTensor {
  if (typeof value === 'object' && value !== null && 'dims' in value && 'data' in value)
    return value as OrtTensor;
  throw new Error(`output '${name}' is not a tensor`);
}
