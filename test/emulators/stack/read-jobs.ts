/** What a template says of AWS Batch. */
import type { Resolver } from './resolve.ts';
import { PropertyReader } from './template.ts';

export interface JobPlan {
  readonly arn: string;
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  /** Of one attempt. */
  readonly timeoutSeconds: number;
  readonly attempts: number;
  readonly evaluateOnExit: readonly ExitRule[];
}

/** The first rule whose given patterns all match says what becomes of an attempt. */
export interface ExitRule {
  readonly action: 'retry' | 'exit';
  readonly exitCode?: string;
  readonly reason?: string;
  readonly statusReason?: string;
}

/** Batch ends no attempt by itself; a week is longer than anything here. */
const LONGEST_SECONDS = 7 * 86_400;

/** ARNs of the queues. */
export function readJobQueues(resolver: Resolver): readonly string[] {
  return resolver.ids('AWS::Batch::JobQueue').map((id) => resolver.identity(id).ref);
}

export function readJobs(resolver: Resolver): readonly JobPlan[] {
  return resolver.ids('AWS::Batch::JobDefinition').map((id) => {
    const job = new PropertyReader(resolver.properties(id), id);
    const container = job.object('ContainerProperties');
    const retry = job.object('RetryStrategy');
    const arn = resolver.identity(id).ref;
    return {
      arn,
      name: /job-definition\/([^:]+)/.exec(arn)?.[1] ?? id,
      command: container.texts('Command'),
      environment: Object.fromEntries(
        container.list('Environment').map((pair) => [pair.text('Name'), pair.text('Value')]),
      ),
      memoryMiB: memoryOf(container, id),
      timeoutSeconds:
        job.object('Timeout').optionalNumber('AttemptDurationSeconds') ?? LONGEST_SECONDS,
      attempts: retry.optionalNumber('Attempts') ?? 1,
      evaluateOnExit: retry.list('EvaluateOnExit').map(readRule),
    };
  });
}

function memoryOf(container: PropertyReader, id: string): number {
  const needs = container.list('ResourceRequirements');
  const memory =
    needs.find((need) => need.text('Type') === 'MEMORY')?.optionalNumber('Value') ??
    container.optionalNumber('Memory');
  if (memory === undefined) throw new Error(`${id} names no memory`);
  return memory;
}

function readRule(rule: PropertyReader): ExitRule {
  const exitCode = rule.optionalText('OnExitCode');
  const reason = rule.optionalText('OnReason');
  const statusReason = rule.optionalText('OnStatusReason');
  return {
    action: rule.text('Action').toLowerCase() === 'exit' ? 'exit' : 'retry',
    ...(exitCode !== undefined && { exitCode }),
    ...(reason !== undefined && { reason }),
    ...(statusReason !== undefined && { statusReason }),
  };
}
