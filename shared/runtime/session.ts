/** A model loaded by onnxruntime in a child process, ready to run. */
import { UnsupportedError } from '../base/errors.ts';
import type { NamedTensors } from '../base/tensor.ts';
import type { Model, ValueInfo } from '../onnx/model.ts';
import { isTensorType } from '../onnx/tensor-data.ts';
import type { ChildSessionOptions, ChildValue, OptimizationLevel } from './child/protocol.ts';
import { type KeptModel, type ModelFile, materialize } from './model-file.ts';
import { RuntimeAnswerError, RuntimeLostError, type RuntimeProcess } from './runtime-process.ts';
import { explainLoadError, explainRunError } from './session-errors.ts';
import { onProcess } from './shared-process.ts';

export interface SessionOptions {
  /** Threads of one op; 1. */
  readonly threads?: number;
  /** `all`, as onnxruntime's own default. */
  readonly optimization?: OptimizationLevel;
  /** Session configuration entries of onnxruntime, over the ones set here (spinning is off). */
  readonly extra?: Readonly<Record<string, string>>;
  /** Whether onnxruntime plans one block for all activations; true. Without, a run needs less memory. */
  readonly plansMemory?: boolean;
  /** Of creating the session, and of each run. */
  readonly timeoutMs?: number;
  /** The child to live in; the shared one. */
  readonly process?: RuntimeProcess;
  /** Stops creating the session and every run. */
  readonly signal?: AbortSignal;
}

export interface RuntimeSession {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Milliseconds that onnxruntime took to create the session. */
  readonly loadMs: number;
  /**
   * One run. `fetch` names the outputs wanted; all.
   * @throws InputError when a feed does not fit, TimeLimitError after the time-out, ToolError when
   *   onnxruntime fails or its process dies.
   */
  run(feeds: NamedTensors, fetch?: readonly string[]): Promise<NamedTensors>;
  /** Runs in order, the next sample on its way while one is computed; at most three are in memory. */
  runMany(
    samples: Iterable<NamedTensors> | AsyncIterable<NamedTensors>,
    fetch?: readonly string[],
  ): AsyncIterableIterator<NamedTensors>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Samples sent ahead of the answer: one in work, one in the pipe, one being made. */
const WINDOW = 3;

/** Spinning threads take the time of everything else on the machine, for microseconds of latency. */
const EXTRA = { 'session.intra_op.allow_spinning': '0', 'session.inter_op.allow_spinning': '0' };

/**
 * Loads a model: one in memory, one with its file, or the path of a `.onnx` or `.ort` file.
 * @throws UnsupportedError for ops, types and versions that onnxruntime lacks, ModelError for an
 *   invalid model, InputError for a missing file, ToolError otherwise.
 */
export async function openSession(
  model: Model | KeptModel | string,
  options: SessionOptions = {},
): Promise<RuntimeSession> {
  const file = materialize(model);
  const session = new ChildSession(file, options);
  try {
    await session.open();
    return session;
  } catch (error) {
    file.remove();
    throw error;
  }
}

/** What a child is told, with the defaults filled in. */
export function childOptions(options: SessionOptions, saveTo?: string): ChildSessionOptions {
  return {
    threads: options.threads ?? 1,
    optimization: options.optimization ?? 'all',
    extra: { ...EXTRA, ...options.extra },
    ...(options.plansMemory === undefined ? {} : { plansMemory: options.plansMemory }),
    ...(saveTo === undefined ? {} : { saveTo }),
  };
}

class ChildSession implements RuntimeSession {
  readonly #file: ModelFile;
  readonly #options: SessionOptions;
  #opened: Promise<LoadedSession> | undefined;
  #first: LoadedSession | undefined;
  #isClosed = false;

  constructor(file: ModelFile, options: SessionOptions) {
    this.#file = file;
    this.#options = options;
  }

  async open(): Promise<void> {
    this.#first = await this.#open();
  }

  get inputs(): readonly ValueInfo[] {
    return this.#first?.inputs ?? [];
  }

  get outputs(): readonly ValueInfo[] {
    return this.#first?.outputs ?? [];
  }

  get loadMs(): number {
    return this.#first?.loadMs ?? 0;
  }

  async run(feeds: NamedTensors, fetch?: readonly string[]): Promise<NamedTensors> {
    const { timeoutMs, signal } = this.#options;
    return await onProcess(this.#options.process, async () => {
      const { process, session } = await this.#open();
      try {
        return await process.ask(
          'run',
          { session, feeds, fetch: fetch ?? null },
          askOptions(`running ${this.#file.name}`, timeoutMs, signal),
        );
      } catch (error) {
        throw error instanceof RuntimeAnswerError
          ? explainRunError(error.message, this.#file.name)
          : error;
      }
    });
  }

  async *runMany(
    samples: Iterable<NamedTensors> | AsyncIterable<NamedTensors>,
    fetch?: readonly string[],
  ): AsyncIterableIterator<NamedTensors> {
    const inFlight: Promise<NamedTensors>[] = [];
    for await (const feeds of samples) {
      const run = this.run(feeds, fetch);
      // It is awaited in its turn; until then a failure must not count as unhandled.
      run.catch(() => {});
      inFlight.push(run);
      const oldest = inFlight.length === WINDOW ? inFlight.shift() : undefined;
      if (oldest) yield await oldest;
    }
    for (const run of inFlight) yield await run;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#file.remove();
    const opened = await this.#opened?.catch(() => undefined);
    if (opened?.process.alive) {
      await opened.process
        .ask('close', { session: opened.session })
        .catch((error: unknown) => ignoreLost(error));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The session in a live child: created again when the child that held it died of something else. */
  async #open(): Promise<LoadedSession> {
    if (this.#isClosed) throw new RuntimeLostError(`the session of ${this.#file.name} is closed`);
    for (;;) {
      const attempt = this.#opened;
      const known = await attempt?.catch(() => undefined);
      if (known?.process.alive) return known;
      // Of several runs that find the child dead, the first opens anew and the others look again.
      if (this.#opened !== attempt) continue;
      this.#opened = onProcess(this.#options.process, (process) =>
        loadInto(process, this.#file, this.#options),
      );
      return await this.#opened;
    }
  }
}

/** A session in a given child, by its number: for work that needs more than {@link RuntimeSession} gives. */
export interface LoadedSession {
  readonly process: RuntimeProcess;
  readonly session: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly loadMs: number;
}

/** Loads a file in a child. It stays until the child ends or is asked to `close` it; errors as {@link openSession}. */
export async function loadInto(
  process: RuntimeProcess,
  file: Pick<ModelFile, 'path' | 'name'>,
  options: SessionOptions & { readonly saveTo?: string },
): Promise<LoadedSession> {
  const session = process.nextSessionNumber();
  try {
    const { inputs, outputs, loadMs } = await process.ask(
      'open',
      { session, source: file.path, options: childOptions(options, options.saveTo) },
      askOptions(`loading ${file.name}`, options.timeoutMs, options.signal),
    );
    for (const { name, tensor } of [...inputs, ...outputs]) {
      // Running a model with an int4 output aborts the process; not every model declares the type.
      if (tensor && !isTensorType(tensor.type)) {
        await process.ask('close', { session });
        throw new UnsupportedError(
          `'${name}' of ${file.name} is ${tensor.type}, which onnxruntime-node cannot pass`,
          { hint: 'Cast it to a common type inside the model.' },
        );
      }
    }
    return {
      process,
      session,
      inputs: inputs.map(valueInfo),
      outputs: outputs.map(valueInfo),
      loadMs,
    };
  } catch (error) {
    throw error instanceof RuntimeAnswerError ? explainLoadError(error.message, file.name) : error;
  }
}

/** Without members that are `undefined`. */
export function askOptions(
  doing: string,
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
): { doing: string; timeoutMs?: number; signal?: AbortSignal } {
  return {
    doing,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function valueInfo({ name, tensor }: ChildValue): ValueInfo {
  return {
    name,
    type: tensor && { kind: 'tensor', elementType: tensor.type, shape: tensor.shape },
  };
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof RuntimeLostError)) throw error;
}
