/** What a conversion is compared with: the best runtime at hand that takes the source as it is. */
import { DefectError, FettleError } from '../../base/errors.ts';
import type { NamedTensors } from '../../base/tensor.ts';
import { engineFor } from '../../engines/engines.ts';
import type { Reference } from '../../engines/references/reference.ts';
import { REFERENCES } from '../../engines/references/references.ts';
import type { FormatName } from '../../formats/format.ts';
import type { OpenedSource } from '../../formats/open-source.ts';
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
  readonly source: Pick<OpenedSource, 'format' | 'model'>;
  /** Where it lies. */
  readonly file: string;
  /** How it was read, for references that read it again. */
  readonly signature?: string | undefined;
}

/** Those that are installed here and take the format, with their versions. */
export async function availableReferences(format: FormatName): Promise<string[]> {
  const names: string[] = [];
  for (const reference of REFERENCES.filter(({ formats }) => formats.includes(format))) {
    const found = await reference.available();
    if (found.available) names.push(reference.name);
  }
  return names;
}

/**
 * The first reference that is installed, takes the model, and runs it on `feeds`; for ONNX onnxruntime on the source
 * itself. @throws NotVerified, with what each of them says, when none does
 */
export async function openReference(
  request: ReferenceRequest,
  feeds: NamedTensors,
): Promise<OpenedReference> {
  const { format } = request.source;
  if (format === 'onnx') return onnxruntimeOn(request.file);
  const reasons: string[] = [];
  for (const reference of REFERENCES.filter(({ formats }) => formats.includes(format))) {
    const found = await reference.available();
    if (!found.available) {
      reasons.push(found.reason);
      continue;
    }
    try {
      return await openTried(reference, request, feeds);
    } catch (error) {
      if (!(error instanceof FettleError) || error instanceof DefectError) throw error;
      reasons.push(reasonOf(error));
    }
  }
  throw new NotVerified(
    reasons.map((reason) => reason.replace(/\.$/, '')).join('; ') ||
      `nothing runs ${format} models`,
  );
}

/** Loaded is not yet run: some take a model and refuse its inputs. */
async function openTried(
  reference: Reference,
  { source, file, signature }: ReferenceRequest,
  feeds: NamedTensors,
): Promise<OpenedReference> {
  const model = await reference.open({
    path: file,
    format: source.format,
    ports: source.model.graph,
    ...(signature !== undefined && { signature }),
  });
  try {
    await model.run(feeds);
  } catch (error) {
    await model.close();
    throw error;
  }
  return {
    name: model.name,
    run: (inputs) => model.run(inputs),
    ...(model.tap && { tap: model.tap }),
    [Symbol.asyncDispose]: () => model.close(),
  };
}

async function onnxruntimeOn(file: string): Promise<OpenedReference> {
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
