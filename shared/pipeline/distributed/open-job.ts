/**
 * A request becomes a job: its objects are looked at where they lie, and everything that is known of them becomes JSON,
 * so that no machine needs all of them for it. The rules are those of the command line, but for what a stranger's
 * configuration may not do.
 */
import { join, relative, resolve } from 'node:path';
import type { Digest } from '../../base/brand.ts';
import { FettleError, InputError, LimitError } from '../../base/errors.ts';
import { isAddress } from '../../measure/data/spec.ts';
import type { FileAccess } from '../../onnx/file-access.ts';
import { formatBytes } from '../../report/numbers.ts';
import { jobsOf } from '../config/jobs.ts';
import { readConfig } from '../config/read-config.ts';
import type { Sources } from '../data-refs.ts';
import { isPathLike, type Job, resolveJob } from '../job.ts';
import { fromWire } from '../local/error-wire.ts';
import { pairModel } from '../project/pair-data.ts';
import { identifyJob, type Networks } from '../stages/source.ts';
import type { Execution, OptimizeExecution, Place } from './execution.ts';
import type { ReadableObjects } from './object-store.ts';
import { type RemoteFile, RemoteFolder } from './remote-folder.ts';
import { remoteObject } from './remote-object.ts';
import type { InputObject, JobRequest } from './request.ts';

/** What opening a job and a comparison take. */
export interface OpenOptions {
  /** Of the request, in the outbox. */
  readonly requestKey: string;
  readonly startedAt: string;
  /** Empty: small files come into it. */
  readonly folder: string;
  /** Of all objects together. */
  readonly maxBytes: number;
}

export interface OpenJobOptions extends OpenOptions {
  /** Of an object of the inbox, which is not read here for that. */
  readonly digestOf: (object: InputObject) => Promise<Digest>;
}

/** @throws InputError, UnsupportedError, ModelError, LimitError: what is wrong with the request */
export async function openJob(
  request: JobRequest,
  inbox: ReadableObjects,
  options: OpenJobOptions,
): Promise<OptimizeExecution> {
  const { requestKey, startedAt, folder } = options;
  if (request.problem) throw fromWire(request.problem);
  try {
    const { places, files } = objectsOf(request, inbox, options);
    const remote = await RemoteFolder.layOut(files, folder);
    const job = await remote.look((access) => jobOf(request, folder, access));
    refuseForeign(job, folder);
    const paths: Sources = {};
    const fetched = join(folder, '.fetched');
    const identified = await remote.look((access) => identifyJob(job, paths, fetched, access));
    refuseDivided(identified.networks);
    return {
      schema: 'fettle.execution/1',
      kind: 'optimize',
      request: requestKey,
      startedAt,
      job,
      identified,
      sources: sourcesOf(paths, identified.given.artifact.digest, request, places, folder),
    };
  } catch (error) {
    // The folder is ours; the user knows keys.
    if (error instanceof FettleError) {
      error.message = error.message.replaceAll(`${folder}/`, '');
      error.where = error.where?.replaceAll(`${folder}/`, '');
    }
    throw error;
  }
}

/** Every object under its path; equal paths cannot be, as keys are unique. What has to be looked at comes first. */
function objectsOf(
  { model, configuration, data, prefix, inbox: bucket }: JobRequest,
  inbox: ReadableObjects,
  { maxBytes, digestOf }: OpenJobOptions,
): { readonly places: readonly Place[]; readonly files: readonly RemoteFile[] } {
  const objects = [...(configuration ? [configuration] : []), ...model, ...data];
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  if (bytes > maxBytes)
    throw new LimitError(
      `the model and its data are ${formatBytes(bytes)} together, and ${formatBytes(maxBytes)} can be taken in`,
    );
  return {
    files: objects.map((object) =>
      remoteObject(object, inbox, pathOf(object.key, prefix), () => digestOf(object)),
    ),
    places: objects.map(({ key, versionId }) => {
      const version = versionId === undefined ? {} : { versionId };
      return { bucket, key, path: pathOf(key, prefix), ...version };
    }),
  };
}

const pathOf = (key: InputObject['key'], prefix: string): string => key.slice(prefix.length);

async function jobOf(request: JobRequest, folder: string, access: FileAccess): Promise<Job> {
  const { configuration, configurationModel, prefix, name, modelPath, data } = request;
  if (configuration && configurationModel !== undefined) {
    const config = await readConfig(join(folder, pathOf(configuration.key, prefix)));
    const [job] = jobsOf(config, { only: configurationModel });
    if (!job) throw new InputError(`the configuration has no model ${configurationModel}`);
    return { ...job, name };
  }
  const files = data.map(({ key }) => pathOf(key, prefix));
  const paired = await pairModel(modelPath, files, folder, access);
  const roles = Object.entries(paired.data).map(([role, path]) => [role, { path }]);
  const { unfit } = paired;
  const job = resolveJob({
    name,
    source: modelPath,
    folder,
    settings: { data: Object.fromEntries(roles) },
    where: (key) => key,
  });
  if (!unfit) return job;
  return { ...job, notes: [...job.notes, `${unfit.path} was not used: ${unfit.reason}`] };
}

/**
 * A bucket is open to more people than the account is: nothing of theirs is run, and nothing is fetched for them.
 * @throws InputError for what lies outside of `folder`, and for a metric module
 */
export function refuseForeign({ source, data, train }: Job, folder: string): void {
  const { metric, alphabet } = data;
  // As in the prefix: where it lies for the while is nobody's business.
  const shown = (path: string): string => (isAddress(path) ? path : relative(folder, path));
  if (metric !== undefined && isPathLike(metric))
    throw new InputError('a metric module is not run in S3', {
      where: shown(metric),
      hint: 'Take a built-in metric, or run the model where the module is yours: at a terminal, or in a pull request.',
    });
  const specs = [data.all, data.calibration, data.evaluation, data.training];
  const files = specs.flatMap((spec) => (spec ? [spec.path, spec.labels] : []));
  const networks = [train.teacher?.path, train.student?.path];
  for (const path of [source, ...files, ...networks, alphabet])
    if (path !== undefined && (isAddress(path) || !path.startsWith(`${folder}/`)))
      throw new InputError(
        'a model and its data lie in one prefix, and nothing is read from elsewhere',
        {
          where: shown(path),
          hint: 'Put the file beside the model.',
        },
      );
}

/** Only the model itself is looked into for the files that it names, before its job begins. */
function refuseDivided({ teacher, student }: Networks = {}): void {
  for (const network of [teacher, student])
    if (network?.artifact.external)
      throw new InputError(
        'a teacher or student in S3 is one file, and this one has weights beside it',
        {
          where: network.shown,
          hint: 'Save it with its weights inside: up to 2 GB fit into one ONNX file.',
        },
      );
}

/** Which objects each digest stands for. A model is all of its files, whatever its digest was made of. */
function sourcesOf(
  paths: Sources,
  model: string,
  request: JobRequest,
  places: readonly Place[],
  folder: string,
): Execution['sources'] {
  const ofModel = new Set(request.model.map(({ key }) => key));
  const entries = Object.entries(paths).map(([digest, path]) => {
    const entry = relative(folder, resolve(folder, path)).replaceAll('\\', '/');
    const isIn = (place: Place): boolean =>
      digest === model
        ? ofModel.has(place.key)
        : entry === '' || place.path === entry || place.path.startsWith(`${entry}/`);
    return [digest, { entry, files: places.filter(isIn) }] as const;
  });
  return Object.fromEntries(entries);
}
