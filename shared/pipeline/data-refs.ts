/** A job's data between steps: digests of files, and how they become samples. Paths stay with the executor. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../base/brand.ts';
import { digestPath } from '../base/digest.ts';
import { explainReadError } from '../base/files.ts';
import { resolveLfsPointer } from '../base/lfs-pointer.ts';
import type { DataSet } from '../measure/data/data-set.ts';
import { MAX_IMAGES } from '../measure/data/image-folder.ts';
import { locateData } from '../measure/data/locate.ts';
import { openData } from '../measure/data/open.ts';
import { type DataSpec, imageInputSchema, isAddress } from '../measure/data/spec.ts';
import type { DataRole } from '../measure/data/split.ts';
import { syntheticData } from '../measure/data/synthetic.ts';
import { fedInputs } from '../onnx/fed-inputs.ts';
import { type FileAccess, LOCAL_FILES } from '../onnx/file-access.ts';
import type { Model } from '../onnx/model.ts';
import { digestSchema } from './artifact.ts';
import type { JobData } from './job.ts';
import type { Tools } from './step.ts';

export const dataRefSchema = z.object({
  digest: digestSchema,
  labels: digestSchema.optional(),
  input: imageInputSchema.optional(),
});
export type DataRef = z.infer<typeof dataRefSchema>;

export const dataRefsSchema = z.object({
  all: dataRefSchema.optional(),
  calibration: dataRefSchema.optional(),
  evaluation: dataRefSchema.optional(),
  training: dataRefSchema.optional(),
  /** Instead of all others. */
  synthetic: z
    .object({
      rules: z.int().optional(),
      samples: z.int(),
      seed: z.int(),
      shapes: z.record(z.string(), z.array(z.int()).readonly()),
    })
    .optional(),
});
export type DataRefs = z.infer<typeof dataRefsSchema>;

export const ROLES = [
  'all',
  'calibration',
  'evaluation',
  'training',
] as const satisfies readonly DataRole[];

/** Where files of a job lie: digest → path. Filled while references are made. */
export type Sources = Record<string, string>;

/** References to a job's data. Addresses are fetched into `cacheFolder`. @throws InputError */
export async function referToData(
  data: JobData,
  sources: Sources,
  storeFolder: string,
  access = LOCAL_FILES,
): Promise<DataRefs> {
  const refs: { -readonly [Role in keyof DataRefs]: DataRefs[Role] } = {};
  for (const role of ROLES) {
    const spec = data[role];
    if (spec) refs[role] = await refer(spec, sources, storeFolder, access);
  }
  return refs;
}

async function refer(
  spec: DataSpec,
  sources: Sources,
  storeFolder: string,
  access: FileAccess,
): Promise<DataRef> {
  const { file } = await locateData(spec, { access, cacheFolder: join(storeFolder, 'fetched') });
  const digest = await digestData(file, access).catch((error: unknown) => {
    throw explainReadError(error, spec.path);
  });
  // A pointer's name tells the form of the data; the object that it stands for has none.
  sources[digest] = isAddress(spec.path) ? file : spec.path;
  return {
    digest,
    ...(spec.input && { input: spec.input }),
    ...(spec.labels !== undefined && { labels: await referToFile(spec.labels, sources, access) }),
  };
}

async function digestData(file: string, { digest }: FileAccess): Promise<Digest> {
  if (!(await stat(file)).isDirectory()) return digest(file);
  return (await digestPath(file, { digest, maxFiles: MAX_IMAGES })).digest;
}

/** A small file of the job: labels, an alphabet. @throws InputError when it is not there */
export async function referToFile(path: string, sources: Sources, access = LOCAL_FILES) {
  try {
    const file = await resolveLfsPointer(path);
    const digest = await access.digest(file);
    sources[digest] = file;
    return digest;
  } catch (error) {
    throw explainReadError(error, path);
  }
}

/** Opens every data set that is referred to, as samples for a model. Close them with {@link closeAll}. */
export async function openDataRefs(
  refs: DataRefs,
  model: Model,
  tools: Pick<Tools, 'locate'>,
): Promise<Partial<Record<DataRole, DataSet>>> {
  if (refs.synthetic) return { all: syntheticData(model, refs.synthetic) };
  const inputs = fedInputs(model);
  const opened: Partial<Record<DataRole, DataSet>> = {};
  try {
    for (const role of ROLES) {
      const ref = refs[role];
      if (!ref) continue;
      const labels = ref.labels && (await tools.locate(ref.labels));
      const spec: DataSpec = {
        path: await tools.locate(ref.digest),
        ...(labels !== undefined && { labels }),
        ...(ref.input && { input: ref.input }),
      };
      opened[role] = await openData(spec, inputs, {
        outputs: model.graph.outputs,
        contentsDigest: ref.digest,
      });
    }
    return opened;
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** Closes what {@link openDataRefs} opened. */
export async function closeAll(opened: Partial<Record<DataRole, DataSet>>): Promise<void> {
  for (const data of Object.values(opened)) await data.close();
}
