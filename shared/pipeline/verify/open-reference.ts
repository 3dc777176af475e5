/** What a conversion is compared with: the best runtime at hand that takes the source as it is. */
import { DefectError, FettleError } from '../../base/errors.ts';
import type { NamedTensors } from '../../base/tensor.ts';
import { engineFor } from '../../engines/engines.ts';
import type { FormatName } from '../../formats/format.ts';
import { isUsersMistake, reasonOf } from '../reason.ts';

/** The reference cannot tell. Thrown and caught in this folder alone. */
export class NotVerified extends Error {}

/** A source in a runtime of its own format. */
export interface OpenedReference extends AsyncDisposable {
  /** For people: `onnxruntime`, `@tensorflow/tfjs 4.22.0`. */
  readonly name: string;
  readonly run: (feeds: NamedTensors) => Promise<NamedTensors>;
  /** Inner tensors by the source's names, where the runtime shows them. */
  readonly tap?: (feeds: NamedTensors, names: readonly string[]) => Promise<NamedTensors>;
}

export interface ReferenceRequest {
  readonly source: { readonly format: FormatName };
  readonly file: string;
  readonly signature?: string | undefined;
}

/** @throws NotVerified when none is there or none takes the model */
export async function openReference({ source, file }: ReferenceRequest): Promise<OpenedReference> {
  if (source.format !== 'onnx')
    throw new NotVerified(`no runtime for ${source.format} models is installed`);
  const session = await ofReference(() => engineFor('onnx').open(file));
  return {
    name: 'onnxruntime',
    run: (feeds) => session.run(feeds),
    [Symbol.asyncDispose]: () => session.close(),
  };
}

/** What the reference is needed for: what it cannot do is no fault of the file that was written. */
export async function ofReference<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isItsOwn =
      error instanceof FettleError && !(error instanceof DefectError) && !isUsersMistake(error);
    throw isItsOwn ? new NotVerified(reasonOf(error)) : error;
  }
}
