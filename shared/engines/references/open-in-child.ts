/** A model in a reference child. */
import { UnsupportedError } from '../../base/errors.ts';
import { moduleUrl } from '../../base/module-url.ts';
import type { NamedTensors } from '../../base/tensor.ts';
import { RuntimeAnswerError, WorkerProcess } from '../../runtime/worker-process.ts';
import type { ChildModel, PortNames, ReferenceOperations } from './child/protocol.ts';
import type { OpenReferenceOptions, Ports, ReferenceModel } from './reference.ts';

export interface ChildReference {
  /** For messages: "TensorFlow.js 4.22.0". */
  readonly title: string;
  /** URL of the runtime's main module. */
  readonly module: string;
  readonly model: ChildModel;
  readonly ports: Ports;
}

/** @throws UnsupportedError with the runtime's own words when it cannot load the model */
export async function openInChild(
  { title, module, model, ports }: ChildReference,
  options: OpenReferenceOptions = {},
): Promise<ReferenceModel> {
  const worker = new WorkerProcess<ReferenceOperations>({
    entry: moduleUrl('engines/references/child/main'),
    title: 'the reference process',
    crashHint: `${title} cannot run this model: the conversion stays unverified.`,
  });
  const ask = { module, model, ports: namesOf(ports) };
  let taps = false;
  try {
    const opened = await worker.ask('open', ask, {
      ...options,
      doing: `loading the model in ${title}`,
    });
    taps = opened.taps;
  } catch (error) {
    await worker.close();
    if (!(error instanceof RuntimeAnswerError)) throw error;
    throw new UnsupportedError(`${title} cannot load the model: ${firstLine(error.message)}`, {
      cause: error,
    });
  }
  const close = (): Promise<void> => worker.close();
  return {
    name: title,
    run: (feeds) => worker.ask('run', feeds, { ...options, doing: `running ${title}` }),
    ...(taps && {
      tap: (feeds: NamedTensors, names: readonly string[]) =>
        worker.ask('tap', { feeds, names }, { ...options, doing: `running ${title}` }),
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Names of inputs and outputs, in order. */
export const namesOf = ({ inputs, outputs }: Ports): PortNames => ({
  inputs: inputs.map(({ name }) => name),
  outputs: outputs.map(({ name }) => name),
});

/** Without the explanations that some runtimes let follow. */
const firstLine = (text: string): string =>
  (text.split('\n')[0] ?? '').replace(/\. This may be .*:$/, '').slice(0, 300);
