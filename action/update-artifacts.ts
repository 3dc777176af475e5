/** A scheduled run that makes artifacts anew offers them where the repository has old ones: by one pull request. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Report } from '../shared/report/schema.ts';
import { blobId, type Tree } from './github/repository.ts';
import type { MeasurePorts } from './measure.ts';
import type { Outcome } from './outcome.ts';
import {
  ARTIFACT_MAX_BYTES,
  type CommittedArtifact,
  postArtifacts,
} from './post/artifacts-pull.ts';
import { Attempts } from './post/attempt.ts';
import { outcomeMarkdown } from './post/body.ts';
import { digestOf, markerName } from './post/markers.ts';
import { octokitApi } from './post/octokit-api.ts';

/** A pointer of Git LFS is smaller, an artifact never is. */
const POINTER_MAX_BYTES = 1024;

/** Says what it did, and what GitHub refused; never throws. Other triggers than a schedule or a person make none. */
export async function updateArtifacts(
  outcome: Outcome,
  { github, reader, runner, log }: MeasurePorts,
): Promise<void> {
  const { trigger, report, reportPath, headSha, configPath } = outcome;
  const isAsked = trigger.kind === 'schedule' || trigger.kind === 'manual';
  const branch = isAsked ? /^refs\/heads\/(.+)$/.exec(trigger.ref)?.[1] : undefined;
  if (branch === undefined || report === undefined || reportPath === undefined) return;
  const permission = 'contents: write, pull-requests: write';
  await new Attempts(log).make('update the committed artifacts', permission, async () => {
    const tree = await reader.tree(headSha, { recursive: true });
    const files = await outdated(report, dirname(reportPath), tree, log.info);
    if (files.length === 0) return log.info('no committed artifact is out of date');
    const marker = markerName('artifacts', configPath);
    const state = digestOf(files.map(({ path, bytes }) => [path, blobId(bytes)]));
    const link = runner.link === undefined ? {} : { link: runner.link };
    const url = await postArtifacts(octokitApi(github.octokit), {
      repository: github.repository,
      baseRef: branch,
      baseSha: headSha,
      files,
      marker,
      body: outcomeMarkdown(outcome, { marker, state, ...link }),
    });
    log.info(`${files.length} committed artifacts are out of date: ${url}`);
  });
}

/** Files of the tree that have an artifact's name and other bytes. */
export async function outdated(
  report: Report,
  folder: string,
  { entries }: Tree,
  say: (line: string) => void,
): Promise<CommittedArtifact[]> {
  const names = report.models.flatMap(({ variants }) =>
    variants.flatMap(({ artifact }) =>
      artifact === undefined ? [] : [artifact.path, `${artifact.path}.data`],
    ),
  );
  const files: CommittedArtifact[] = [];
  for (const name of new Set(names)) {
    const found = entries.filter(
      ({ kind, path }) => kind === 'file' && `/${path}`.endsWith(`/${name}`),
    );
    const [entry, ...more] = found;
    if (entry === undefined) continue;
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (bytes === undefined || blobId(bytes) === entry.id) continue;
    const why =
      more.length > 0
        ? 'is there twice'
        : entry.bytes < POINTER_MAX_BYTES && bytes.length >= POINTER_MAX_BYTES
          ? 'is in Git LFS'
          : bytes.length > ARTIFACT_MAX_BYTES
            ? 'is too large for the API'
            : undefined;
    if (why === undefined) files.push({ path: entry.path, bytes });
    else say(`${entry.path} is out of date and ${why}: it is not updated`);
  }
  return files;
}
