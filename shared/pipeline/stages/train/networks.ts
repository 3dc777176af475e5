/** Teacher and student: models of any format that take what the job's model takes, and give what it gives. */
import { InputError } from '../../../base/errors.ts';
import type { StoredArtifact } from '../../artifact.ts';
import { matchPorts } from '../../match-ports.ts';
import { describeStep } from '../../steps/describe.ts';
import { importStep } from '../../steps/import.ts';
import { prepareStep } from '../../steps/prepare.ts';
import { renameStep } from '../../steps/rename.ts';
import type { ModelWork } from '../model-work.ts';
import type { Networks } from '../source.ts';

/** Of the tasks that read one. */
export const networkTaskId = (role: keyof Networks): string => `training ${role}`;

/**
 * As ONNX, under the names of the job's model; `undefined` where none was given.
 * @throws InputError where inputs or outputs are others, and as readers do
 */
export async function networkOf(
  work: ModelWork,
  role: keyof Networks,
): Promise<StoredArtifact | undefined> {
  const network = work.networks?.[role];
  if (!network) return undefined;
  const { job, prepared, tasks } = work;
  const { artifact, format, shown } = network;
  return tasks.group(networkTaskId(role), async (run) => {
    const model =
      format === 'onnx' ? artifact : (await run(importStep, { source: artifact, shown })).model;
    const { inputs, outputs } = await run(describeStep, { model, shown });
    const names = match(
      { shown: job.shownSource, inputs: prepared.inputs, outputs: prepared.outputs },
      { shown, inputs, outputs },
      role,
    );
    return { output: names ? (await run(renameStep, { model, names })).model : model };
  });
}

function match(
  own: Parameters<typeof matchPorts>[0],
  other: Parameters<typeof matchPorts>[1],
  role: keyof Networks,
) {
  try {
    return matchPorts(own, other).names;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`the ${role} does not fit the model: ${error.message}`, {
      where: other.shown,
      hint: `A ${role} takes the same inputs and gives outputs of the same types and shapes.`,
      cause: error,
    });
  }
}

/** What is learned from: the teacher that was given, or the job's own model, ready to run fast. */
export async function teacherOf(
  work: ModelWork,
): Promise<{ readonly model: StoredArtifact; readonly shown: string }> {
  const given = await networkOf(work, 'teacher');
  if (!given) return { model: work.prepared.model, shown: 'the source model' };
  const { model } = await work.tasks.run(networkTaskId('teacher'), prepareStep, { source: given });
  return { model, shown: work.networks?.teacher?.shown ?? 'the teacher' };
}
