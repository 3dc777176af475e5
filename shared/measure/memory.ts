/** The memory that a model needs to be loaded and run once. */
import type { NamedTensors } from '../base/tensor.ts';
import type { Model, ValueInfo } from '../onnx/model.ts';
import { encodeModel } from '../onnx/write-model.ts';
import { type AskOptions, RuntimeAnswerError, RuntimeProcess } from '../runtime/runtime-process.ts';
import { askOptions, childOptions, loadInto, type SessionOptions } from '../runtime/session.ts';
import { explainRunError } from '../runtime/session-errors.ts';

export interface PeakMemory {
  /**
   * What the model adds: the peak of resident memory while it is loaded and run once, in bytes, above
   * what a process holds that has run onnxruntime on a model of one node. So two models can be compared, and the
   * figure does not depend on Node's version.
   */
  readonly peakBytes: number;
  /** The process with onnxruntime in it and no model, bytes: about 100 MB. */
  readonly idleBytes: number;
}

/**
 * Measures in a fresh child; weights, packed copies, activations and one set of inputs and outputs count.
 * @param model path of a `.onnx` or `.ort` file.
 * @throws as openSession and its run.
 */
export async function measurePeakMemory(
  model: string,
  feeds: NamedTensors,
  options: Omit<SessionOptions, 'process'> = {},
): Promise<PeakMemory> {
  const { timeoutMs, signal } = options;
  await using process = new RuntimeProcess();
  await warmUp(process, askOptions('loading onnxruntime', timeoutMs, signal));
  const idle = await process.ask('memory', { forgetPeak: true });
  const { session } = await loadInto(process, { path: model, name: model }, options);
  try {
    const run = { session, feeds, fetch: null };
    await process.ask('run', run, askOptions(`running ${model}`, timeoutMs, signal));
  } catch (error) {
    throw error instanceof RuntimeAnswerError ? explainRunError(error.message, model) : error;
  }
  const { peakBytes } = await process.ask('memory', { forgetPeak: false });
  return {
    peakBytes: Math.max(0, peakBytes - idle.residentBytes),
    idleBytes: idle.residentBytes,
  };
}

/** The first session of a process pays 25 MB for the library's own tables: no model's fault. */
async function warmUp(process: RuntimeProcess, options: AskOptions): Promise<void> {
  const session = process.nextSessionNumber();
  const source = encodeModel(oneNode());
  await process.ask('open', { session, source, options: childOptions({}) }, options);
  const feeds: NamedTensors = { x: { type: 'float32', dims: [1], data: new Float32Array(1) } };
  await process.ask('run', { session, feeds, fetch: null }, options);
  await process.ask('close', { session }, options);
}

function oneNode(): Model {
  const value = (name: string): ValueInfo => ({
    name,
    type: { kind: 'tensor', elementType: 'float32', shape: [1] },
  });
  const node = { opType: 'Relu', domain: '', name: '', attributes: new Map() };
  return {
    irVersion: 8,
    opsets: new Map([['', 13]]),
    graph: {
      name: 'idle',
      nodes: [{ ...node, inputs: ['x'], outputs: ['y'] }],
      initializers: new Map(),
      sparseInitializers: [],
      inputs: [value('x')],
      outputs: [value('y')],
      valueInfo: new Map(),
    },
    functions: [],
    producerName: 'fettle',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    docString: '',
    metadata: new Map(),
  };
}
