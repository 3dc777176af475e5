/** One step of a workflow: report first, fail last. */
import * as core from '@actions/core';
import { FettleError } from '../shared/base/errors.ts';
import type { Log } from '../shared/base/log.ts';
import { verdictWith } from '../shared/report/markdown.ts';
import { findStates } from './changes/states.ts';
import { openGitHub } from './github/client.ts';
import { openRepository } from './github/repository.ts';
import { type Inputs, readInputs } from './inputs.ts';
import type { MeasurePorts } from './measure.ts';
import type { Outcome, Problem } from './outcome.ts';
import { plainLines } from './plain-lines.ts';
import { toProblem } from './problem.ts';
import { useProxy } from './proxy.ts';
import { refuseMixing } from './refuse-mixing.ts';
import { type Runner, readRunner } from './runner.ts';
import { readTrigger, type Trigger } from './trigger.ts';
import { failureOf } from './verdict.ts';

const info = (message: string): void => core.info(plainLines(message));
const log: Log = { debug: core.debug, info, warn: info };

const ANNOTATE = { error: core.error, warning: core.warning, notice: core.notice };

/** Gives the exit code of the step. Never throws: what went wrong is said where people look. */
export async function run(env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const inputs = readInputs(env);
    core.setSecret(inputs.token);
    useProxy(env, log);
    const trigger = readTrigger(env);
    refuseMixing(trigger, inputs);
    return await runWith(inputs, readRunner(env), trigger, env);
  } catch (error) {
    const { message, hint } = problemOf(error);
    core.error([message, ...(hint === undefined ? [] : [hint])].join('. '), { title: 'Fettle' });
    if (env.RUNNER_DEBUG === '1' && error instanceof Error) info(error.stack ?? '');
    return 1;
  }
}

/** What is not needed for the first request to GitHub is loaded after it. */
async function runWith(
  inputs: Inputs,
  runner: Runner,
  trigger: Trigger,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const github = openGitHub({ token: inputs.token, env, log });
  const outcome = await outcomeOf(inputs, trigger, {
    github,
    reader: openRepository(github),
    runner,
    log,
  });
  if (!outcome) {
    core.notice('no open pull request has this commit as its head: nothing is compared');
    writeOutputs(undefined);
    return 0;
  }
  const { octokitApi } = await import('./post/octokit-api.ts');
  const { post } = await import('./post/post.ts');
  const { commentUrl } = await post(outcome, {
    api: octokitApi(github.octokit),
    repository: github.repository,
    log,
    annotate: ({ level, message, ...place }) => ANNOTATE[level](message, place),
    comment: inputs.comment,
    status: inputs.commitStatus,
    ...(runner.link !== undefined && { link: runner.link }),
    ...(runner.summaryPath !== undefined && { summaryPath: runner.summaryPath }),
  });
  if (inputs.updateArtifacts) {
    const { updateArtifacts } = await import('./update-artifacts.ts');
    await updateArtifacts(outcome, { github, reader: openRepository(github), runner, log });
  }
  writeOutputs(outcome, commentUrl);
  if (trigger.kind === 'workflow-run' && inputs.numbers === undefined) {
    const { numbersFor } = await import('./between-jobs.ts');
    core.setOutput('numbers', numbersFor(outcome));
  }
  const { reads, writes } = github.calls();
  log.info(`GitHub: ${reads + writes} requests, ${writes} of them writes`);
  const failure = failureOf(outcome, inputs.failOn);
  if (failure === undefined) return 0;
  info(`failed: ${failure}`);
  return 1;
}

/** What went wrong on the way is a part of it. `undefined`: there is nobody to tell. */
async function outcomeOf(
  inputs: Inputs,
  trigger: Trigger,
  ports: MeasurePorts,
): Promise<Outcome | undefined> {
  let outcome: Outcome = {
    trigger,
    ...(trigger.kind === 'pull-request' && { pull: trigger.pull }),
    headSha: headOf(trigger),
    changes: [],
    problems: [],
    configPath: inputs.config,
  };
  try {
    const states = await findStates(trigger, ports.reader);
    if (!states) return undefined;
    const { base, head, pull } = states;
    outcome = {
      ...outcome,
      headSha: head,
      ...(base !== undefined && { baseSha: base }),
      ...(pull && { pull }),
    };
    const { gather, compare, reportFolder } = await import('./measure.ts');
    const gathered = await gather(states, inputs, ports, inputs.numbers === undefined);
    outcome = { ...outcome, changes: gathered.changes, problems: gathered.problems };
    for (const { name, status } of gathered.changes) log.info(`${name}: ${status}`);
    if (inputs.numbers !== undefined) {
      const { reportFromNumbers } = await import('./between-jobs.ts');
      const folder = reportFolder(ports.runner);
      const told = await reportFromNumbers(inputs.numbers, gathered.changes, states, folder);
      return { ...outcome, ...told };
    }
    const { compared, problems } = await compare(gathered, states, inputs, ports);
    return {
      ...outcome,
      problems: [...outcome.problems, ...problems],
      ...(compared && { report: compared.report, reportPath: compared.reportPath }),
    };
  } catch (error) {
    return { ...outcome, problems: [...outcome.problems, problemOf(error)] };
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof FettleError) return toProblem(error);
  if (error instanceof Error) log.info(error.stack ?? error.message);
  const message = error instanceof Error ? error.message : String(error);
  return { level: 'error', message: `Fettle itself failed: ${message}`, hint: 'Please report it.' };
}

function headOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'pull-request':
      return trigger.pull.headSha;
    case 'push':
      return trigger.after;
    case 'workflow-run':
      return trigger.headSha;
    case 'schedule':
    case 'manual':
      return trigger.sha;
  }
}

function writeOutputs(outcome: Outcome | undefined, commentUrl?: string): void {
  const { report, reportPath, changes = [], problems = [] } = outcome ?? {};
  core.setOutput('verdict', verdictWith(report, problems));
  core.setOutput('report', reportPath ?? '');
  core.setOutput('comment-url', commentUrl ?? '');
  const paths = changes.map(({ head, base, name }) => (head ?? base)?.path ?? name);
  core.setOutput('changed-models', JSON.stringify(paths));
}
