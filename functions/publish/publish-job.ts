/** One call of `publish`. Called again for the same job, it writes nothing twice and tells the event again. */
import { z } from 'zod';
import { DefectError } from '../../shared/base/errors.ts';
import { withTempDir } from '../../shared/base/files.ts';
import { finishedRun } from '../../shared/pipeline/distributed/advance-round.ts';
import { comparisonOfRequest } from '../../shared/pipeline/distributed/comparison.ts';
import {
  ExecutionKeys,
  givenModels,
  readExecution,
} from '../../shared/pipeline/distributed/execution.ts';
import { putPlan } from '../../shared/pipeline/distributed/execution-plan.ts';
import { publishError, publishRun, runKey } from '../../shared/pipeline/distributed/publish-run.ts';
import { jobKeyOfRequest, readRequest } from '../../shared/pipeline/distributed/request.ts';
import { sendEvent } from '../adapters/events.ts';
import { createTelemetry } from '../adapters/telemetry.ts';
import { keptError } from '../advance/kept-error.ts';
import { readSettings } from '../settings.ts';
import { openSite } from '../site.ts';
import { stateErrorSchema } from '../state-error.ts';
import { publishComparison } from './publish-comparison.ts';

export const publishEventSchema = z.object({
  action: z.enum(['publish', 'fail']),
  execution: z.string(),
  request: z.string(),
  name: z.string(),
  attempt: z.int(),
  round: z.int().min(0),
  error: stateErrorSchema.optional(),
});

/** Gives the detail of the event that it sent. */
export async function publishJob(event: unknown): Promise<unknown> {
  const message = publishEventSchema.parse(event);
  const { execution, name } = message;
  const telemetry = createTelemetry('publish');
  telemetry.about({ execution, model: name });
  const settings = readSettings();
  return withTempDir('publish', async (folder) => {
    const site = openSite(settings, telemetry, `${folder}/cache`);
    const keys = new ExecutionKeys(execution);
    const comparison = comparisonOfRequest(message.request);
    if (comparison !== undefined)
      return publishComparison(comparison, message, { site, keys, telemetry });
    const found = await readRequest(site.objects, message.request);
    if (!found) throw new DefectError(`there is no ${message.request}`);
    const options = { request: found.request, requestKey: message.request };
    const known = await readExecution(site.objects, keys);
    if (message.action === 'fail') {
      const error = await keptError(keys, site.objects, message.error ?? { Error: 'unknown' });
      const source = known && givenModels(known)[0]?.digest;
      const failed = await publishError(error, site.objects, options, source);
      if (known?.kind === 'optimize') await putPlan(known, `${failed.run}/plan.json`, site);
      telemetry.warn(`${failed.run}: ${error.message}`);
      telemetry.metric('JobsFailed', 1);
      await sendEvent(settings.eventBus, 'Optimization Failed', {
        ...failed,
        verdict: 'failed',
        recommended: null,
      });
      return failed;
    }
    if (known?.kind !== 'optimize')
      throw new DefectError(`nothing is known of the execution ${execution}`);
    // Before all else: a run is whole once its manifest is there.
    const run = runKey(
      name,
      known.identified.given.artifact.digest,
      jobKeyOfRequest(message.request),
    );
    await putPlan(known, `${run}/plan.json`, site);
    const done = await finishedRun(known, keys, message.round, site);
    const finished = await publishRun(done, known, site, { ...options, keep: settings.keepRuns });
    telemetry.info(`${finished.run}: ${finished.verdict}, ${finished.placing}`);
    telemetry.metric('JobsDone', 1);
    await sendEvent(settings.eventBus, 'Optimization Finished', finished);
    return finished;
  });
}
