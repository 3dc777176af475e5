/**
 * The output folder: artifacts under human names, `report.json`, `report.html`, `manifest.json`.
 *
 * Everything is written into a staging folder inside it first and moved at the end, the manifest last:
 * an interrupted run leaves the old output, and a manifest never names a file that is not there.
 *
 * The report is of this run. The manifest is of the folder: models of former runs that this one had
 * nothing to do with keep their files and entries; what a model's new result lacks is removed.
 */
import { statSync } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { digestFile } from '../base/digest.ts';
import { InputError } from '../base/errors.ts';
import {
  explainWriteError,
  makeFolder,
  makeTempDir,
  removeTempDir,
  writeFileAtomically,
} from '../base/files.ts';
import { toolVersion } from '../base/tool-version.ts';
import { engineFor } from '../engines/engines.ts';
import { judgeReport, type ModelDraft, type ReportDraft } from '../report/gate.ts';
import { renderPage } from '../report/page/page.ts';
import type { Report } from '../report/schema.ts';
import type { StoredArtifact } from './artifact.ts';
import {
  type FormerOutput,
  type ManifestFile,
  type ManifestModel,
  readFormerOutput,
  setAsideStale,
} from './former-output.ts';
import type { ModelRun } from './optimize.ts';
import { type Build, type DoneBuild, isDone } from './stages/model-work.ts';
import { dataOf, publishArtifact } from './stages/publish-artifact.ts';
import type { ArtifactPaths } from './stages/rows.ts';
import type { Store } from './store/store.ts';

/** A model of the report: one that ran, or one that could not. */
export type PublishedModel = { readonly run: ModelRun } | { readonly failed: ModelDraft };

export interface Publication {
  readonly report: Report;
  readonly folder: string;
  /** Absolute. */
  readonly pagePath: string;
}

/** The configuration that the models are of. */
export interface Configuration {
  /** Absolute. */
  readonly path: string;
  /** Whether all of its models are published: then others that came from it are gone. */
  readonly isWhole: boolean;
}

/** A file of the output, as the manifest lists it. */
export interface PlacedFile extends ManifestFile {
  /** Brought to where it belongs by whoever placed it; others lie in the staging folder. */
  readonly isElsewhere?: boolean;
}

/** Brings an artifact under its name; gives the model's file first, then that of weights beside it. */
export type PlaceArtifact = (
  artifact: StoredArtifact,
  name: string,
  staging: string,
) => Promise<readonly [PlacedFile, ...PlacedFile[]]>;

/** Copies of the store's files. */
export const placeCopies =
  (store: Store): PlaceArtifact =>
  async (artifact, name, staging) => {
    await publishArtifact(artifact, join(staging, name), store);
    const file = await manifestFile(staging, name);
    return artifact.external ? [file, await manifestFile(staging, dataOf(name))] : [file];
  };

/** Writes everything and gives the judged report. @throws InputError, LimitError when it cannot be written */
export async function publish(
  models: readonly PublishedModel[],
  frame: Omit<ReportDraft, 'models'>,
  folder: string,
  place: PlaceArtifact,
  configuration?: Configuration,
): Promise<Publication> {
  makeOutputFolder(folder);
  const shownConfiguration =
    configuration && relative(folder, configuration.path).replaceAll('\\', '/');
  const staging = makeTempDir('staging', folder);
  try {
    const files: PlacedFile[] = [];
    const drafts: ModelDraft[] = [];
    for (const model of models) {
      if ('failed' in model) drafts.push(model.failed);
      else drafts.push(model.run.draft(await stageArtifacts(model.run, staging, place, files)));
    }
    const report = judgeReport({ ...frame, models: drafts });
    const put = async (name: string, text: string): Promise<void> => {
      await writeFileAtomically(join(staging, name), text);
      files.push(await manifestFile(staging, name));
    };
    await put('report.json', `${JSON.stringify(report, null, 2)}\n`);
    await put('report.html', renderPage(report));
    const former = await readFormerOutput(folder, {
      made: new Set(models.flatMap((model) => ('run' in model ? [model.run.job.name] : []))),
      failed: new Set(models.flatMap((model) => ('run' in model ? [] : [model.failed.name]))),
      configuration: configuration?.isWhole ? shownConfiguration : undefined,
    });
    const listed = files.map(({ isElsewhere: _, ...file }) => file);
    const manifest = manifestOf(models, report, listed, former, shownConfiguration);
    await writeFileAtomically(
      join(staging, 'manifest.json'),
      `${JSON.stringify(manifest, null, 2)}\n`,
    );
    const staged = files.filter(({ isElsewhere }) => isElsewhere !== true);
    for (const { path } of staged) await checkPlace(join(folder, path));
    for (const { path } of staged) await moveInto(staging, folder, path);
    await setAsideStale(folder, former.stale, [...files, ...former.files], join(staging, 'stale'));
    await moveInto(staging, folder, 'manifest.json');
    return { report, folder, pagePath: join(folder, 'report.html') };
  } finally {
    removeTempDir(staging);
  }
}

function makeOutputFolder(folder: string): void {
  makeFolder(folder);
  if (!statSync(folder).isDirectory()) throw new InputError(`${folder} is not a folder`);
}

/** Copies each artifact under its name into `staging`, and adds what was written to `files`. */
export async function stageArtifacts(
  { job, builds }: ModelRun,
  staging: string,
  place: PlaceArtifact,
  files: PlacedFile[],
): Promise<ArtifactPaths> {
  const paths = new Map<Build, { path: string; sha256: string; bytes: number }>();
  const [first] = job.hardware;
  for (const build of builds.filter(isDone)) {
    const name = artifactName(job.name, build, build.hardware === first);
    const { artifact } = build.result.value;
    const placed = await place(artifact, name, staging);
    const { variant, target, hardware } = build;
    for (const file of placed) files.push({ ...file, model: job.name, variant, target, hardware });
    const [{ sha256 }] = placed;
    paths.set(build, { path: name, sha256, bytes: artifact.bytes });
  }
  return paths;
}

/** `digits.int8.onnx`; for a second hardware `digits.int8.arm64.onnx`. */
export function artifactName(
  model: string,
  { variant, hardware, target }: Pick<DoneBuild, 'variant' | 'hardware' | 'target'>,
  isFirstHardware: boolean,
): string {
  return (
    [model, variant, ...(isFirstHardware ? [] : [hardware])].join('.') + engineFor(target).suffix
  );
}

async function manifestFile(staging: string, path: string): Promise<ManifestFile> {
  const file = join(staging, path);
  return { path, sha256: await digestFile(file), bytes: (await stat(file)).size };
}

function manifestOf(
  models: readonly PublishedModel[],
  report: Report,
  files: readonly ManifestFile[],
  former: FormerOutput,
  configuration: string | undefined,
): unknown {
  const made = models.flatMap((model): ManifestModel[] => {
    if (!('run' in model)) return [];
    const { job, work } = model.run;
    const inputs = { source: work.source.artifact.digest, ...inputDigests(work.samples) };
    return [
      {
        name: job.name,
        seed: job.seed,
        inputs,
        ...(configuration !== undefined && { configuration }),
      },
    ];
  });
  const paths = new Set(files.map(({ path }) => path));
  return {
    schema: 'fettle.manifest/1',
    tool: { name: 'fettle', version: toolVersion(), runtime: report.tool.runtime },
    createdAt: report.startedAt,
    models: [...made, ...former.models],
    files: [...files, ...former.files.filter(({ path }) => !paths.has(path))],
  };
}

/** Every file that decided what was made and how it was judged: `evaluation`, `evaluation labels`, `metric`, … */
function inputDigests({ refs, metrics }: ModelRun['work']['samples']): Record<string, string> {
  const { synthetic: _, ...data } = refs;
  const digests: Record<string, string | undefined> = {};
  for (const [role, ref] of Object.entries(data)) {
    digests[role] = ref?.digest;
    digests[`${role} labels`] = ref?.labels;
  }
  const { module, alphabet } = metrics?.evaluation ?? {};
  const all = { ...digests, metric: module, alphabet };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, digest]) => (digest ? [[name, digest]] : [])),
  );
}

/** Before anything is moved: a folder in the way would leave new files beside old ones. */
async function checkPlace(path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory())
    throw new InputError(`cannot write ${path}: there is a folder of that name`, {
      hint: 'Move it away, or write to another folder with -o.',
    });
}

async function moveInto(staging: string, folder: string, path: string): Promise<void> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    await rename(join(staging, path), target);
  } catch (error) {
    throw explainWriteError(error, join(folder, basename(path)));
  }
}
