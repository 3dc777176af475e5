/** `--check` of a conversion: data is opened, and both models run on it. Loaded when it is asked for. */
import { engineFor } from '../../engines/engines.ts';
import type { OpenedSource } from '../../formats/open-source.ts';
import type { DataSet } from '../../measure/data/data-set.ts';
import { openData } from '../../measure/data/open.ts';
import { syntheticData } from '../../measure/data/synthetic.ts';
import { fedInputs } from '../../onnx/fed-inputs.ts';
import { checkShapesOfData } from '../check-shapes.ts';
import type { ConvertRequest } from '../convert.ts';
import { NotVerified, ofReference } from './open-reference.ts';
import { type Verification, verifyConversion } from './verify-conversion.ts';

/** Samples that are drawn for a check without data. */
const CHECK_SAMPLES = 16;

/** Both on the data, or on inputs that are drawn. @throws InputError for data that does not fit */
export async function checkConversion(
  source: OpenedSource,
  file: string,
  target: 'onnx' | 'ort',
  { out, check = true, shapes = {}, signature, source: named }: ConvertRequest,
): Promise<Verification> {
  let data: DataSet;
  try {
    data = await ofReference(() =>
      check === true
        ? syntheticData(source.model, { samples: CHECK_SAMPLES, seed: 0, shapes })
        : openData(check, fedInputs(source.model), { outputs: source.model.graph.outputs }),
    );
  } catch (error) {
    if (!(error instanceof NotVerified)) throw error;
    return { status: 'not verified', reason: error.message };
  }
  try {
    return await verifyConversion({
      source,
      file,
      signature,
      data,
      isSynthetic: check === true,
      open: () => engineFor(target).open(out),
      checkFeeds: (feeds) =>
        checkShapesOfData(
          shapes,
          Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims])),
          named,
        ),
    });
  } finally {
    await data.close();
  }
}
