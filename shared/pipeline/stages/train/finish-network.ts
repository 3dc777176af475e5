/** The float32 variant of a trained network. */
import type { StoredArtifact } from '../../artifact.ts';
import type { ModelFacts } from '../../model-facts.ts';
import { finishStep } from '../../steps/finish.ts';
import type { ModelWork } from '../model-work.ts';

/** `id` names the task. @throws as the step does */
export async function finishNetwork(
  { job, samples, tasks }: ModelWork,
  model: StoredArtifact,
  id: string,
): Promise<{ readonly model: StoredArtifact; readonly facts: ModelFacts }> {
  return tasks.run(id, finishStep, {
    model,
    shapes: samples.facts.shapes,
    ...(job.opset !== undefined && { opset: job.opset }),
  });
}
