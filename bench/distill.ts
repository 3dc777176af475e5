/**
 * A student of less than a quarter of its teacher's weights, on the digits of the package `mnist`: trained on labels
 * alone, and on labels and the teacher, from the same start, on the same images and for as long. First on the 8,000
 * images that the teacher has seen, then on 1,000 of them: a large model is there, and few samples. Three seeds, each with a teacher of its
 * own; intervals by a paired bootstrap over 2,000 other images, the seeds pooled.
 */
import type { Model } from '../shared/onnx/model.ts';
import { elementCount } from '../shared/onnx/tensor-data.ts';
import { describeMachine } from '../shared/runtime/machine.ts';
import { closeSharedProcess } from '../shared/runtime/shared-process.ts';
import { against, bar, percent, type Right, rightOf, shareOf, train } from './_classifiers.ts';
import { mnistDigits, samplesOf } from './_mnist.ts';
import { separableCnn } from './_separable-cnn.ts';
import { smallCnn } from './_small-cnn.ts';

const SEEDS = [1, 2, 3];
const STUDENT = { width: 8, blocks: 4 };
const TEACHER_TRAINING = { epochs: 12, rate: 3e-3 };
/** As many steps for either. */
const LESSONS = [
  { images: 8000, epochs: 16, rate: 8e-3 },
  { images: 1000, epochs: 128, rate: 8e-3 },
];
/** Of the teacher's logits, and the share of labels beside them. */
const SOFT = { temperature: 4, hard: 0.1 };

const { training, test } = mnistDigits();
const samples = samplesOf(training);

async function main(): Promise<boolean> {
  const { cpu, features } = await describeMachine();
  console.log(`${cpu}: ${features.join(', ')}`);
  try {
    const teachers = [];
    for (const seed of SEEDS)
      teachers.push(await train(smallCnn(seed), samples, { ...TEACHER_TRAINING, seed }));
    const gains = [];
    for (const lesson of LESSONS) gains.push(await gainOf(teachers, lesson));
    return gains.some(Boolean);
  } finally {
    await closeSharedProcess();
  }
}

/** Whether the teachers' students are better than those without one. */
async function gainOf(
  teachers: readonly Model[],
  { images, ...training }: (typeof LESSONS)[number],
): Promise<boolean> {
  console.log(`${images} images, ${training.epochs} epochs`);
  const all: Right[] = [];
  for (const [index, teacher] of teachers.entries()) {
    const seed = SEEDS[index] ?? 0;
    const seen = { ...samples, length: images };
    const start = separableCnn(seed, STUDENT.width, STUDENT.blocks);
    const alone = await train(start, seen, { ...training, seed });
    const distilled = await train(start, seen, { ...training, ...SOFT, seed, teacher });
    const right = new Map([
      ['teacher', await rightOf(teacher, test)],
      ['labels alone', await rightOf(alone, test)],
      ['distilled', await rightOf(distilled, test)],
    ]);
    const shares = [...right.keys()].map((name) => `${name} ${percent(shareOf([right], name))}`);
    const share = weightsOf(start) / weightsOf(teacher);
    console.log(`seed ${seed}: ${shares.join('; ')}; weights ${share.toFixed(3)}`);
    all.push(right);
  }
  const gain = against(all, 'labels alone', 'distilled');
  return bar('distilled, against labels alone', gain, 'low > 0', gain.low > 0);
}

const weightsOf = ({ graph }: Model): number =>
  [...graph.initializers.values()].reduce((sum, tensor) => sum + elementCount(tensor), 0);

if (!(await main())) process.exitCode = 1;
