/** The stage that measures what was built: outputs and accuracy on samples, latency side by side, memory. */
import type { FettleError } from '../../base/errors.ts';
import type { Machine } from '../../runtime/machine.ts';
import type { StoredArtifact } from '../artifact.ts';
import type { Job } from '../job.ts';
import { keyOf, recall } from '../step.ts';
import { type AccuracyResult, judgeStep } from '../steps/judge.ts';
import {
  keepPairs,
  type LatencyPair,
  latencyGroupStep,
  latencyPairStep,
  pairInput,
} from '../steps/latency.ts';
import { memoryStep } from '../steps/memory.ts';
import { type ScoreResult, scoreStep } from '../steps/score.ts';
import { type Attempt, attempt } from '../task-runner.ts';
import { type Machines, machineFor, onMachine, runsOn } from './machines.ts';
import type { DoneBuild, ModelWork, Part } from './model-work.ts';

/** What is known of one build; what could not be measured has its reason in `notes`. */
export interface Measured {
  score?: ScoreResult;
  accuracy?: AccuracyResult;
  latency?: LatencyPair;
  peakBytes?: number;
  /** The first thing that went wrong. */
  failure?: FettleError;
  readonly notes: string[];
}

/** What is known of builds on each machine. Of one machine by digest of the artifact: equal bytes are measured once. */
export class Measurements {
  readonly #byMachine = new Map<string, Map<string, Measured>>();

  /** The entry of an artifact, made when there is none. */
  entry({ cpu }: Pick<Machine, 'cpu'>, { digest }: Pick<StoredArtifact, 'digest'>): Measured {
    const ofMachine = this.#byMachine.get(cpu) ?? new Map<string, Measured>();
    this.#byMachine.set(cpu, ofMachine);
    const known = ofMachine.get(digest);
    if (known) return known;
    const fresh: Measured = { notes: [] };
    ofMachine.set(digest, fresh);
    return fresh;
  }

  /** `undefined`: nothing was measured there. */
  get(
    machine: Pick<Machine, 'cpu'> | undefined,
    { digest }: Pick<StoredArtifact, 'digest'>,
  ): Measured | undefined {
    return machine && this.#byMachine.get(machine.cpu)?.get(digest);
  }

  /** Of a build, where its hardware is measured. */
  of({ hardware, result }: DoneBuild, machines: Machines): Measured | undefined {
    return this.get(machineFor(hardware, machines), result.value.artifact);
  }

  /** Of an artifact, on whichever machine it was measured first. */
  any({ digest }: Pick<StoredArtifact, 'digest'>): Measured | undefined {
    return [...this.#byMachine.values()].flatMap((one) => one.get(digest) ?? [])[0];
  }
}

/** The builds that are measured on the machine of this work, one of each artifact. */
export function measurable(work: ModelWork, builds: readonly DoneBuild[]): DoneBuild[] {
  const { context } = work;
  const seen = new Set<string>();
  return builds.filter(({ hardware, result }) => {
    const { digest } = result.value.artifact;
    if (!runsOn(hardware, context.machine) || seen.has(digest)) return false;
    seen.add(digest);
    return true;
  });
}

/** What running a build over samples gave, or why it gave nothing. */
export type Scored = { score: ScoreResult; accuracy?: AccuracyResult } | { reason: string };

/**
 * Runs every build over a part of the samples and judges it against float32; by digest. Builds for which
 * `stop` gives a reason before they begin have that instead.
 */
export async function scoreBuilds(
  work: ModelWork,
  builds: readonly DoneBuild[],
  part: Part,
  stop: () => string | undefined = () => undefined,
): Promise<Map<string, Scored>> {
  const { samples, prepared, source, job, tasks } = work;
  const { together } = work.context;
  const metric = samples.metrics?.[part];
  const results = new Map<string, Scored>();
  if (samples.facts.counts[part] === 0) return results;
  return tasks.group(`score ${part}${onMachine(work.context)}`, async (run) => {
    const { machine: on } = work.context;
    const common = {
      reference: source.artifact,
      data: samples.refs,
      split: samples.split,
      part,
      ...(metric && { metric }),
    };
    // Kernels of another architecture round, and saturate, in another way.
    const scoreOf = (model: StoredArtifact): Promise<ScoreResult> =>
      run(scoreStep, { model, ...common }, { on });
    // Float32 comes first: the others are compared with it, and without it there is nothing to say.
    const scoreBase = async (): Promise<Attempt<ScoreResult>> => {
      const reason = stop();
      if (reason !== undefined) return { status: 'skipped', reason, code: 4 };
      return { status: 'done', value: await scoreOf(prepared.model) };
    };
    const scoreOther = async (model: StoredArtifact): Promise<Attempt<ScoreResult>> => {
      const reason = stop();
      if (reason !== undefined) return { status: 'skipped', reason, code: 4 };
      return attempt(() => scoreOf(model));
    };
    const others = builds
      .map(({ result }) => result.value.artifact)
      .filter(({ digest }) => digest !== prepared.model.digest);
    const [base, ...rest] = await together([
      scoreBase,
      ...others.map((model) => () => scoreOther(model)),
    ]);
    if (!base) return { output: results };
    const scores = new Map(others.map(({ digest }, index) => [digest as string, rest[index]]));
    const judge = async (score: ScoreResult, isBase: boolean): Promise<Scored> => {
      if (base.status !== 'done' || !metric || !base.value.scores || !score.scores)
        return { score };
      const accuracy = await run(judgeStep, {
        metric,
        base: base.value.scores,
        variant: score.scores,
        isSameOutput: isBase || (base.value.isSameOutput && score.isSameOutput),
        seed: job.seed,
      });
      return { score, accuracy };
    };
    await together(
      builds.map(({ result }) => async () => {
        const { digest } = result.value.artifact;
        const isBase = digest === prepared.model.digest;
        const score = isBase ? base : (scores.get(digest) ?? base);
        const outcome =
          score.status === 'done' ? await attempt(() => judge(score.value, isBase)) : score;
        results.set(digest, outcome.status === 'done' ? outcome.value : { reason: outcome.reason });
      }),
    );
    return { output: results };
  });
}

/** Times every build against float32, all in one process tree; pairs that are known are not timed again. */
export async function timeBuilds(
  work: ModelWork,
  builds: readonly DoneBuild[],
): Promise<Map<string, LatencyPair>> {
  const { context, job, prepared, samples, tasks } = work;
  const common = {
    base: prepared.model,
    signature: prepared.model,
    data: samples.refs,
    split: samples.split,
    threads: job.threads,
    protocol: context.protocol,
    ...(job.seconds !== undefined && { seconds: job.seconds }),
    machine: { ...context.machine, features: [...context.machine.features] },
  };
  const pairs = new Map<string, LatencyPair>();
  return tasks.group(`latency${onMachine(context)}`, async (run) => {
    const missing: StoredArtifact[] = [];
    const budgets = latencyBudgets(job, builds);
    for (const { result } of builds) {
      const variant = result.value.artifact;
      const known = context.remeasure
        ? undefined
        : await recall(
            latencyPairStep,
            keyOf(latencyPairStep, pairInput(common, variant, budgets), context.runtime),
            context.store,
          );
      if (known) pairs.set(variant.digest, known.output);
      else missing.push(variant);
    }
    if (missing.length > 0) {
      const group = { ...common, variants: missing, budgets };
      const timed = await run(latencyGroupStep, group, { fresh: true, on: context.machine });
      await keepPairs(group, timed, context);
      missing.forEach(({ digest }, index) => {
        const pair = timed[index];
        if (pair) pairs.set(digest, pair);
      });
    }
    return { output: pairs };
  });
}

/** By digest: equal bytes are timed once, for the first budget that names them. */
function latencyBudgets({ budgets }: Job, builds: readonly DoneBuild[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { variant, result } of builds) {
    const written = budgets[variant]?.latency;
    if (written !== undefined) found[result.value.artifact.digest] ??= written;
  }
  return found;
}

/** Peak memory of each build. */
export async function weighBuilds(
  work: ModelWork,
  builds: readonly DoneBuild[],
): Promise<Map<string, Attempt<number>>> {
  const { context, job, prepared, samples, tasks } = work;
  const peaks = new Map<string, Attempt<number>>();
  return tasks.group(`memory${onMachine(context)}`, async (run) => {
    const weigh = async (model: StoredArtifact): Promise<void> => {
      const input = {
        model,
        signature: prepared.model,
        data: samples.refs,
        split: samples.split,
        threads: job.threads,
        machine: { ...context.machine, features: [...context.machine.features] },
      };
      const options = { fresh: context.remeasure, on: context.machine };
      peaks.set(
        model.digest,
        await attempt(async () => (await run(memoryStep, input, options)).peakBytes),
      );
    };
    await context.together(
      builds.map(
        ({ result }) =>
          () =>
            weigh(result.value.artifact),
      ),
    );
    return { output: peaks };
  });
}
