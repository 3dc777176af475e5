/** Stages of training over steps that only answer: what is asked, in which order, and what becomes of the answers. */
import { digestJson } from '../../../../shared/base/digest.ts';
import type { StoredArtifact } from '../../../../shared/pipeline/artifact.ts';
import type { Executor } from '../../../../shared/pipeline/executor.ts';
import type { JobRequest } from '../../../../shared/pipeline/job.ts';
import { type ProgressPort, silentProgress } from '../../../../shared/pipeline/progress.ts';
import type { ModelWork } from '../../../../shared/pipeline/stages/model-work.ts';
import type { Networks } from '../../../../shared/pipeline/stages/source.ts';
import type { Step } from '../../../../shared/pipeline/step.ts';
import { TaskRunner } from '../../../../shared/pipeline/task-runner.ts';
import { digitsJob, inlineContext } from '../../inline-context.ts';

/** A model of that name. */
export const artifact = (name: string): StoredArtifact => ({
  digest: digestJson(name),
  bytes: 1000,
  suffix: '.onnx',
});

export const FACTS = { parameters: 10, ops: 3, coverage: { nodes: { float32: 3 } } };

/** Which model an input names, by those that are known. */
export const nameOf = (model: StoredArtifact, names: readonly string[]): string | undefined =>
  names.find((name) => artifact(name).digest === model.digest);

export interface Asked {
  readonly step: string;
  readonly input: Record<string, unknown>;
}

type Answer = (input: Record<string, unknown>, asked: readonly Asked[]) => unknown;

/** What steps answer where a test does not say otherwise: everything goes well, and each epoch is a little better. */
export const ANSWERS: Readonly<Record<string, Answer>> = {
  'training-form': () => ({ status: 'done', model: artifact('form') }),
  'training-check': (input) => ({
    status: 'done',
    loss: input.teacher
      ? {
          kind: 'teacher',
          outputs: [
            { student: 'y', teacher: 'y', loss: 'probabilities', scale: 'logits', axis: -1 },
          ],
          temperature: 2,
          hard: 0.5,
          labels: { kind: 'classes', output: 'y', form: 'numbers', scale: 'logits', axis: -1 },
        }
      : { kind: 'classes', output: 'y', form: 'numbers', scale: 'logits', axis: -1 },
    counts: { training: 4000, validation: 100 },
    notes: [],
  }),
  'prune-plan': (_, asked) => ({
    status: 'planned',
    plan: artifact(`plan ${asked.length}`).digest,
    description: 'half of it goes',
    notes: [],
  }),
  'prune-apply': () => artifact('removed'),
  'calibrate-norms': () => ({ model: artifact('norms'), changed: true }),
  'train-validate': () => ({ loss: 2, score: 0.5 }),
  'train-epoch': ({ epoch }) => ({
    status: 'done',
    model: artifact(`epoch ${epoch}`),
    state: artifact(`state ${epoch}`).digest,
    loss: 1 / Number(epoch),
    validation: 1.5 / Number(epoch),
  }),
  'qat-form': () => ({
    status: 'done',
    model: artifact('qat form'),
    plan: artifact('qat plan').digest,
    trainable: ['w'],
    description: '3 Conv in 8 bits',
    keptInFloat: [],
    notes: [],
  }),
  'qat-export': () => ({ model: artifact('integers'), facts: FACTS }),
  finish: () => ({ model: artifact('finished'), facts: FACTS }),
  'compressed-size': () => ({ gzip: 5, zstd: 4 }),
  compress: () => ({
    status: 'done',
    model: artifact('compressed'),
    description: 'in 8 bits',
    facts: FACTS,
    notes: [],
  }),
  score: () => ({ samples: 3, scores: artifact('scores').digest, isSameOutput: false }),
  judge: () => ({
    ...{ metric: 'top1', higherIsBetter: true, value: 0.95, base: 0.93, difference: 0.02 },
    ...{ low: 0.01, high: 0.03, samples: 300, verdict: 'better' },
    ...{ isNonInferior: true, isErrorMetric: false },
  }),
};

/** Of `training-check`, where a teacher alone teaches. */
export const TAUGHT_BY_TEACHER = {
  status: 'done',
  loss: {
    kind: 'teacher',
    outputs: [{ student: 'y', teacher: 'y', loss: 'mse', scale: 'logits', axis: -1 }],
    temperature: 1,
    hard: 0,
  },
  counts: { training: 100, validation: 10 },
  notes: [],
};

export interface FakeWork {
  readonly work: ModelWork;
  readonly asked: readonly Asked[];
  /** Names of the steps in their order, repeated ones counted. */
  readonly order: () => string[];
  /** What ended tasks said, in their order. */
  readonly notes: readonly string[];
}

export interface FakeOptions {
  readonly settings?: JobRequest['settings'];
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly hasLabels?: boolean;
  readonly isSynthetic?: boolean;
  readonly networks?: Networks;
  /** That each step takes. */
  readonly seconds?: number;
}

export function fakeWork({
  settings = {},
  answers = {},
  hasLabels = true,
  isSynthetic = false,
  networks,
  seconds = 1,
}: FakeOptions = {}): FakeWork {
  const asked: Asked[] = [];
  const notes: string[] = [];
  const progress: ProgressPort = {
    ...silentProgress,
    end: (_, end) => {
      if (end.kind === 'done' && end.note !== undefined) notes.push(end.note);
    },
  };
  const executor: Executor = {
    execute: async <I, O>(step: Step<I, O>, input: I) => {
      const given = JSON.parse(JSON.stringify(step.input.parse(input)));
      asked.push({ step: step.name, input: given });
      const answer = (answers[step.name] ?? ANSWERS[step.name])?.(given, asked);
      return { output: step.output.parse(answer), cached: false, seconds };
    },
    close: async () => {},
  };
  const metric = { name: 'top1' };
  const port = { name: 'y', type: 'float32', shape: ['n', 10] };
  const work: ModelWork = {
    job: digitsJob({ variants: ['slim-50'], ...settings }),
    context: inlineContext(),
    tasks: new TaskRunner(executor, progress),
    source: { artifact: artifact('source'), given: artifact('source'), format: 'onnx', notes: [] },
    prepared: {
      model: artifact('float32'),
      opset: 17,
      inputs: [{ ...port, name: 'x' }],
      outputs: [port],
      facts: FACTS,
      sourceOps: 3,
      passes: {},
      notes: [],
    },
    samples: {
      refs: {},
      split: artifact('split').digest,
      isSynthetic,
      metrics: { selection: metric, evaluation: metric },
      facts: {
        split: artifact('split').digest,
        counts: { calibration: 10, selection: 100, evaluation: 300, training: 4000 },
        hasLabels: { selection: true, evaluation: true, training: hasLabels },
        shapes: {},
        notes: [],
      },
    },
    ...(networks && { networks }),
  };
  const order = (): string[] => {
    const runs: { step: string; count: number }[] = [];
    for (const { step } of asked) {
      const last = runs.at(-1);
      if (last?.step === step) last.count++;
      else runs.push({ step, count: 1 });
    }
    return runs.map(({ step, count }) => (count > 1 ? `${step} ×${count}` : step));
  };
  return { work, asked, order, notes };
}

/** Inputs of the step of this name, in their order. */
export const inputsOf = ({ asked }: FakeWork, step: string): Record<string, unknown>[] =>
  asked.filter((one) => one.step === step).map(({ input }) => input);
