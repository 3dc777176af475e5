/**
 * The stage that makes the float32 form: on one machine, or, of a large model in ONNX, in parts: then no machine has
 * all of its weights, and chunks of them that stay where they are pass through none.
 */
import type { StoredArtifact } from '../artifact.ts';
import type { PartsPolicy } from '../parts.ts';
import { type Prepared, prepareStep } from '../steps/prepare.ts';
import { type PrepareLayoutInput, prepareLayoutStep } from '../steps/prepare-layout.ts';
import { prepareLookStep } from '../steps/prepare-look.ts';
import { makeFiles, type PartsWork } from './make-files.ts';

/** Layouts that ask for more: the changed weights of a model are known after one. */
const LOOKS = 2;

/** As a draft is called where it is opened; a file of weights of this name would be taken for it. */
const DRAFT = 'model.onnx';

export type PrepareWork = PartsWork & {
  readonly context: { readonly parts?: PartsPolicy };
};

/** @throws what is wrong with the model */
export async function prepareSource(
  source: StoredArtifact,
  opset: number | undefined,
  work: PrepareWork,
): Promise<Prepared> {
  const limits = opset === undefined ? {} : { opset };
  const { parts } = work.context;
  const isLarge = parts && source.suffix === '.onnx' && source.bytes > parts.above;
  const { external = [] } = source;
  if (isLarge && external.length > 0 && external.every(({ location }) => location !== DRAFT)) {
    const { bytes, chunk } = parts;
    const made = await inParts({ source, ...limits, parts: { bytes, chunk } }, work);
    if (made) return made;
  }
  return work.tasks.run(PREPARE, prepareStep, { source, ...limits });
}

/** The task. */
export const PREPARE = 'prepare';

export const layoutTaskId = (id: string): string => `${id} layout`;

/** `undefined`: it has to be made as a whole. */
async function inParts(
  input: Omit<PrepareLayoutInput, 'reads'>,
  work: PrepareWork,
): Promise<Prepared | undefined> {
  const { tasks } = work;
  const { source } = input;
  let { reads } = await tasks.run(PREPARE, prepareLookStep, { source });
  for (let look = 0; reads && look < LOOKS; look++) {
    const laidOut = await tasks.run(layoutTaskId(PREPARE), prepareLayoutStep, { ...input, reads });
    if (laidOut.status === 'whole') return undefined;
    if (laidOut.status === 'more') {
      ({ reads } = laidOut);
      continue;
    }
    const { files, draft, prepared } = laidOut;
    const model = { digest: draft, suffix: '.onnx', external: source.external };
    return { model: await makeFiles(work, files, { model, id: PREPARE }), ...prepared };
  }
  return undefined;
}
