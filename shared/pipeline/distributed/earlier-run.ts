/** Which run a rollback goes to, and the pointer to it: runs themselves hold no pointer. */
import { InputError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { ModelRuns, RunFacts } from './model-runs.ts';
import type { ObjectStore } from './object-store.ts';
import type { Pointer } from './pointers.ts';
import { filesOfRun } from './publish-run.ts';
import { jobKeyOfRequest, requestOfRun } from './request.ts';

/**
 * The run named `to` (its folder's name); without it, of those published before the one in use the newest that
 * broke no budget.
 * @throws InputError when there is none
 */
export function earlierRun({ name, latest, runs }: ModelRuns, to: string | undefined): RunFacts {
  if (to !== undefined) return namedRun(name, runs, to);
  if (!latest)
    throw new InputError(`no run of ${name} is in use, so there is none before it`, {
      hint: `Name one with --to; fettle remote list ${name} shows all.`,
    });
  const current = runs.findIndex(({ key }) => key === latest.run);
  // What was pointed to may be gone; then all that are left are earlier.
  const before = runs.slice(current + 1);
  const good = before.find(({ report }) => report !== undefined && mayBeUsed(report.verdict));
  if (good) return good;
  throw new InputError(`${name} has no run before the one in use that broke no budget`, {
    hint: `Name another with --to; fettle remote list ${name} shows all.`,
  });
}

const mayBeUsed = (verdict: Pointer['verdict']): boolean =>
  verdict !== 'regressed' && verdict !== 'failed';

function namedRun(name: string, runs: readonly RunFacts[], to: string): RunFacts {
  // A whole key is taken too: it is what `list --json` and events give.
  const id = to.replace(/\/+$/, '').slice(to.replace(/\/+$/, '').lastIndexOf('/') + 1);
  const run = runs.find((one) => one.id === id);
  const hint = `fettle remote list ${name} shows all.`;
  if (!run) {
    const ids = runs.map((one) => one.id);
    throw new InputError(`${name} has no run ${id}${didYouMean(id, ids)}`, { hint });
  }
  if (!run.report)
    throw new InputError(
      `the run ${id} of ${name} ${run.error === undefined ? 'is not whole' : 'failed'} and cannot be used`,
      { hint },
    );
  return run;
}

/** As it was when the run was published, as far as that is still known. */
export async function pointerTo(run: RunFacts, objects: ObjectStore): Promise<Pointer> {
  const { key, id, report, publishedAt } = run;
  if (!report) throw new InputError(`the run ${id} has no report`);
  const made = await requestOfRun(key, objects);
  return {
    run: key,
    sourceVersion: made?.request.sourceVersion ?? publishedAt.toISOString(),
    publishedAt: publishedAt.toISOString(),
    verdict: report.verdict,
    files: filesOfRun(report, key),
    request: made?.key ?? '',
    jobKey: made ? jobKeyOfRequest(made.key) : id.slice(-12),
    // Without its request nobody knows by which steps it was made: a schedule then does it again.
    toolchain: made?.request.toolchain ?? {
      tool: report.tool.version,
      runtime: report.tool.runtime,
      steps: 'unknown',
    },
  };
}
