/** Whether a teacher helped: the same student, from the same start, trained on labels alone, on the evaluation samples. */
import type { WithoutTeacher } from '../../../report/schema.ts';
import type { StoredArtifact } from '../../artifact.ts';
import { judgeStep } from '../../steps/judge.ts';
import { scoreStep } from '../../steps/score.ts';
import type { TrainedRecipe } from '../../training/recipe.ts';
import type { ModelWork } from '../model-work.ts';
import { finishNetwork } from './finish-network.ts';
import { hasLabels, lessonOf } from './lesson.ts';
import { networkName, trainNetwork } from './train-network.ts';

/** Of the task. */
export const teacherTaskId = (recipe: TrainedRecipe): string =>
  `compare ${networkName(recipe)} with labels alone`;

/** Of the tasks of the other student. */
export const ALONE = ' on labels alone';

/** `undefined` where there are no labels, or none to judge by. `student` is finished, of so many epochs a round. */
export async function compareWithLabels(
  work: ModelWork,
  recipe: TrainedRecipe,
  student: StoredArtifact,
  scheduled: readonly number[],
): Promise<WithoutTeacher | undefined> {
  const { samples, source, tasks, job } = work;
  const metric = samples.metrics?.evaluation;
  if (!hasLabels(work) || !metric || samples.facts.counts.evaluation === 0) return undefined;
  const lesson = await lessonOf(work, recipe, 'labels');
  if ('status' in lesson) return undefined;
  const alone = await trainNetwork(work, recipe, lesson, { suffix: ALONE, scheduled });
  if (alone.status !== 'done') return undefined;
  const other = await finishNetwork(work, alone.model, teacherTaskId(recipe));
  return tasks.group(teacherTaskId(recipe), async (run) => {
    const score = async (model: StoredArtifact) => {
      const { scores } = await run(scoreStep, {
        ...{ model, reference: source.artifact, metric },
        ...{ data: samples.refs, split: samples.split, part: 'evaluation' },
      });
      return scores;
    };
    const [base, variant] = [await score(other.model), await score(student)];
    if (!base || !variant) return { output: undefined };
    const judged = await run(judgeStep, {
      ...{ metric, base, variant, seed: job.seed },
      isSameOutput: false,
    });
    const { difference, low, high, verdict, samples: count } = judged;
    return {
      output: {
        loss: alone.training.loss,
        epochs: alone.training.epochs,
        metric: judged.metric,
        value: judged.base,
        difference,
        ...(low !== undefined && { low }),
        ...(high !== undefined && { high }),
        samples: count,
        verdict,
      },
    };
  });
}
