/** From two commits to a report: what changed is found, fetched and compared. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FettleError } from '../shared/base/errors.ts';
import type { Log } from '../shared/base/log.ts';
import { findChanges } from './changes/find-changes.ts';
import type { ModelChange } from './changes/model-change.ts';
import { readCommits } from './changes/read-commits.ts';
import type { States } from './changes/states.ts';
import { lfsPortOf } from './fetch/lfs-port.ts';
import { looksOf } from './fetch/looks.ts';
import { looksByName } from './fetch/looks-by-name.ts';
import { Stage } from './fetch/stage.ts';
import type { GitHub } from './github/client.ts';
import type { RepositoryReader } from './github/repository.ts';
import type { Inputs } from './inputs.ts';
import { labelsOf } from './labels.ts';
import { type Compared, compareLocally } from './local/compare-locally.ts';
import type { Problem } from './outcome.ts';
import { toProblem } from './problem.ts';
import { reportRemoved } from './removed-only.ts';
import type { Runner } from './runner.ts';

export interface MeasurePorts {
  readonly github: GitHub;
  readonly reader: RepositoryReader;
  readonly runner: Runner;
  readonly log: Log;
}

export interface Gathered {
  readonly changes: readonly ModelChange[];
  readonly problems: readonly Problem[];
  readonly stage: Stage;
}

/** Gets `report.json` and `report.html`. */
export const reportFolder = ({ temp }: Runner): string => join(temp, 'report');

/** A hosted runner has 14 GB of disk, of which the tool and the system take their part; a stranger gets less. */
const MAX_BYTES = { head: 8e9, base: 2e9 } as const;

/** What changed, and which files are needed to measure it. `opensModels`: whether their bytes may be looked into. */
export async function gather(
  states: States,
  inputs: Inputs,
  { github, reader, runner, log }: MeasurePorts,
  opensModels: boolean,
): Promise<Gathered> {
  const { base, head, pull, trusted } = states;
  const stage = new Stage({
    folder: runner.temp,
    reader,
    workspace: runner.workspace,
    lfs: lfsPortOf(github, pull?.headRepository, log),
    maxBytes: MAX_BYTES[trusted],
  });
  const trees = await readCommits(reader, { base, head, trusted }, inputs.config, (file) =>
    stage.text(file),
  );
  if (!trees.isComplete)
    log.info(
      'the repository is too large to be listed as a whole: folders that changed are listed',
    );
  const looks = opensModels
    ? looksOf(trees, stage, { savesLfs: inputs.mode === 'aws' })
    : looksByName(stage);
  const code = pull ? 'base' : 'head';
  const found = await findChanges({ trees, configPath: inputs.config, trusted, code }, looks);
  return { ...found, stage };
}

/** Both commits of every changed model measured. `undefined`: there is nothing to measure. */
export async function compare(
  { changes, stage }: Gathered,
  states: States,
  inputs: Inputs,
  { runner, log }: MeasurePorts,
): Promise<{ readonly compared?: Compared; readonly problems: readonly Problem[] }> {
  const out = reportFolder(runner);
  const comparison = labelsOf(states);
  if (inputs.mode === 'aws') {
    if (changes.length === 0) return { problems: [] };
    // A quarter of the bundle, which most runs have no use for.
    const { openApi, uploadFile } = await import('./aws.ts');
    const { compareInAws } = await import('./aws-mode/compare-in-aws.ts');
    const compared = await compareInAws({
      changes,
      comparison,
      out,
      ask: openApi(inputs.functionName),
      upload: uploadFile,
      fetchFile: (side, file) => stage.file(side, file),
      sleep: async (seconds) => void (await delay(seconds * 1000)),
      log: log.info,
    });
    return { compared, problems: [] };
  }
  const fetched = await fetchAll(changes, stage);
  if (fetched.changes.length === 0) return { problems: fetched.problems };
  if (fetched.changes.every(({ head }) => head === undefined)) {
    const compared = await reportRemoved(fetched.changes, comparison, out);
    return { compared, problems: fetched.problems };
  }
  const compared = await compareLocally({
    changes: fetched.changes,
    headRoot: stage.root('head'),
    baseRoot: stage.root('base'),
    comparison,
    isTrusted: states.trusted === 'head',
    keepsArtifacts: inputs.updateArtifacts,
    actionPath: runner.actionPath,
    toolCache: runner.toolCache,
    temp: runner.temp,
    out,
    log: log.info,
  });
  return { compared, problems: fetched.problems };
}

/** The bytes of all models and data; a model whose bytes cannot be had is a problem, and not measured. */
async function fetchAll(
  changes: readonly ModelChange[],
  stage: Stage,
): Promise<{ readonly changes: ModelChange[]; readonly problems: Problem[] }> {
  const fetched: ModelChange[] = [];
  const problems: Problem[] = [];
  for (const change of changes) {
    const { name, base, head, data, module } = change;
    try {
      if (head) {
        await stage.files('head', [...head.files, ...data]);
        await stage.files('base', [...(base?.files ?? []), ...(module ? [module] : [])]);
      }
      fetched.push(change);
    } catch (error) {
      if (!(error instanceof FettleError)) throw error;
      const problem = toProblem(error);
      problems.push({ ...problem, message: `${name}: ${problem.message}` });
    }
  }
  return { changes: fetched, problems };
}
