/** onnxruntime sessions of this child, by the number that the parent gave them. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import type { NamedTensors, Tensor, TensorType } from '../../base/tensor.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import { Carry } from './carry.ts';
import { Folds } from './folds.ts';
import type { ChildSessionOptions, ChildValue, Operations } from './protocol.ts';

type Ort = typeof import('onnxruntime-node');

const LEVELS = { disabled: 'disabled', basic: 'basic', extended: 'extended', all: 'all' } as const;

/** Opens, runs, times and closes sessions; errors are onnxruntime's own. */
export class SessionTable {
  readonly #sessions = new Map<number, InferenceSession>();
  readonly #folds = new Map<number, Folds>();
  readonly #carries = new Map<number, Carry>();
  #loaded: Promise<Ort> | undefined;

  async open({
    session,
    source,
    options,
  }: Operations['open']['ask']): Promise<Operations['open']['answer']> {
    const ort = await this.#ort();
    const started = performance.now();
    const settings = sessionSettings(options);
    const created =
      typeof source === 'string'
        ? await ort.InferenceSession.create(source, settings)
        : await ort.InferenceSession.create(source, settings);
    const loadMs = performance.now() - started;
    this.#sessions.set(session, created);
    return {
      inputs: created.inputMetadata.map(describe),
      outputs: created.outputMetadata.map(describe),
      loadMs,
    };
  }

  async run({
    session,
    feeds,
    fetch,
  }: Operations['run']['ask']): Promise<Operations['run']['answer']> {
    const ort = await this.#ort();
    const found = this.#get(session);
    const given = toOrt(ort, feeds);
    const results = fetch ? await found.run(given, fetch) : await found.run(given);
    return allFromOrt(results);
  }

  startFold({ into, folds }: Operations['startFold']['ask']): null {
    this.#folds.set(into, new Folds(folds));
    return null;
  }

  async fold({ session, feeds, into }: Operations['fold']['ask']): Promise<null> {
    const folds = this.#fold(into);
    folds.add(await this.run({ session, feeds, fetch: folds.outputs }));
    return null;
  }

  endFold({ into }: Operations['endFold']['ask']): Operations['endFold']['answer'] {
    const { results } = this.#fold(into);
    this.#folds.delete(into);
    return results;
  }

  async startCarry({
    into,
    session,
    links,
    start,
    helper,
  }: Operations['startCarry']['ask']): Promise<null> {
    const given = toOrt(await this.#ort(), start);
    const helping = helper ? { ...helper, session: this.#get(helper.session) } : undefined;
    this.#carries.set(into, new Carry(this.#get(session), links, given, helping));
    return null;
  }

  async carry({
    into,
    feeds,
    fetch,
  }: Operations['carry']['ask']): Promise<Operations['carry']['answer']> {
    const given = toOrt(await this.#ort(), feeds);
    return allFromOrt(await this.#carry(into).step(given, fetch));
  }

  endCarry({ into }: Operations['endCarry']['ask']): Operations['endCarry']['answer'] {
    const { values } = this.#carry(into);
    this.#carries.delete(into);
    return allFromOrt(values);
  }

  async time({
    sessions,
    feeds,
    order,
  }: Operations['time']['ask']): Promise<Operations['time']['answer']> {
    const ort = await this.#ort();
    const timed = sessions.map((id, index) => ({
      session: this.#get(id),
      feeds: toOrt(ort, feeds[index] ?? {}),
    }));
    const times = new Float64Array(order.length);
    for (const [index, position] of order.entries()) {
      const one = timed[position];
      if (!one) throw new Error(`no session at position ${position}`);
      const started = performance.now();
      await one.session.run(one.feeds);
      times[index] = performance.now() - started;
    }
    return times;
  }

  async close({ session }: Operations['close']['ask']): Promise<null> {
    const found = this.#sessions.get(session);
    this.#sessions.delete(session);
    await found?.release();
    return null;
  }

  async version(): Promise<string> {
    const { node } = (await this.#ort()).env.versions;
    if (node === undefined) throw new Error('onnxruntime-node does not report its version');
    return node;
  }

  #get(session: number): InferenceSession {
    const found = this.#sessions.get(session);
    if (!found) throw new Error(`session ${session} is not open`);
    return found;
  }

  #fold(into: number): Folds {
    const found = this.#folds.get(into);
    if (!found) throw new Error(`fold ${into} was not started`);
    return found;
  }

  #carry(into: number): Carry {
    const found = this.#carries.get(into);
    if (!found) throw new Error(`steps ${into} were not started`);
    return found;
  }

  /** Loaded on first use: a child whose runtime is broken can still say so. */
  #ort(): Promise<Ort> {
    this.#loaded ??= import('onnxruntime-node').then((ort) => {
      // Warnings go to stderr, which is kept for the message of a crash alone.
      ort.env.logLevel = 'error';
      return ort;
    });
    return this.#loaded;
  }
}

function sessionSettings(options: ChildSessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: LEVELS[options.optimization],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    enableMemPattern: options.plansMemory ?? true,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    extra: { ...options.extra },
    ...(options.saveTo === undefined ? {} : { optimizedModelFilePath: options.saveTo }),
  };
}

function describe(value: InferenceSession.ValueMetadata): ChildValue {
  if (!value.isTensor) return { name: value.name, tensor: null };
  return {
    name: value.name,
    tensor: {
      type: value.type as ElementType,
      shape: value.shape.map((dim) => (dim === '' ? null : dim)),
    },
  };
}

function toOrt(ort: Ort, feeds: NamedTensors): Record<string, OrtTensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, dims, data }]) => {
      // The constructor's overloads do not take a union of types; it checks type against data itself.
      const tensor = new ort.Tensor(type as 'float32', data as Float32Array, dims);
      // Where Node has Float16Array the constructor makes one of the bits, and the native side, which
      // does not know that class, then finds a tensor of no bytes: give it the bits.
      if (type === 'float16') Object.defineProperty(tensor, 'data', { value: data });
      return [name, tensor];
    }),
  );
}

const allFromOrt = (results: Readonly<Record<string, OrtTensor>>): NamedTensors =>
  Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(name, value)]));

function fromOrt(name: string, value: OrtTensor | undefined): Tensor {
  if (!value || typeof value.type !== 'string' || !('data' in value))
    throw new Error(`output '${name}' is not a tensor`);
  const data: unknown = value.data;
  // Newer Node versions hold float16 in a Float16Array: the same bits.
  const bits =
    value.type === 'float16' && ArrayBuffer.isView(data)
      ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
      : data;
  return { type: value.type as TensorType, dims: [...value.dims], data: bits as Tensor['data'] };
}
